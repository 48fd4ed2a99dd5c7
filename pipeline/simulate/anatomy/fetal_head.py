"""The fetal head: the standard brain plane, and its rotation seen during labour."""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, normal, side
from pipeline.simulate.anatomy.edges import grazed
from pipeline.simulate.anatomy.fetus import SKULL, fetus_of, room, skull, womb
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BONE, BRAIN, FETAL_BONE

# Where the back of the head points on the screen, degrees anticlockwise from the right: the
# mother's front is up and her left is at the right (Ghi et al., ISUOG guideline 2018).
OCCIPUT = {
    "NOA": 90, "LOA": 45, "LOT": 0, "LOP": -45, "NOP": -90, "ROP": -135, "ROT": 180, "ROA": 135,
}  # fmt: skip
# Cephalic index 78.3 %, standard deviation 4.4 (Hadlock et al., AJR 1981;137:83).
CEPHALIC_SPREAD = 4.4 / 78.3
# Our assumptions: how egg-shaped labour makes a head; the share of the loss of a mirror that the
# skull, thick and rough, suffers where a beam grazes it, and half of its thickness in cm, edge
# included; how often a limb's bone is in view, and a shadow.
MOULDING = 0.05
DROP_OUT, DROP_OUT_REACH = 1.0, 0.15
# How uneven the bone is, dB, and the most that its near side takes beyond the rest, dB/cm/MHz.
PATCHY, THICKEST = 5.0, 3.0
LIMB_BONE, SHADOWED = 0.5, 0.6
# Ossified, yet thin enough for what lies behind to be seen.
THIN_BONE = replace(FETAL_BONE, attenuation=3.0)
# Eight classes are 45 degrees apart: never nearer to a neighbour than to its own middle.
TURN_SPREAD, TURN_REACH = 9.0, 2.2
# How often each is in view: our assumption.
FRONT = ("NOA", "LOA", "ROA")
ORBITS = {name: 0.6 if name in FRONT else 0.95 for name in OCCIPUT}
NECK = {name: 0.95 if name in FRONT else 0.7 for name in OCCIPUT}


def turn_of(body: Body, directions: dict[str, int]) -> float:
    """Draw the angle on the screen, radians clockwise, of the finding's direction."""
    degrees = directions[body.finding] + normal(body.shape, 0, TURN_SPREAD, TURN_REACH)
    return -float(np.radians(degrees))


def fetal_head(body: Body) -> None:
    """Paint the transthalamic plane; the finding is head. Mask 1 is the whole head."""
    fetus = fetus_of(body)
    top = womb(body)
    radii = (fetus.along / 2, fetus.across / 2 * normal(body.shape, 1, CEPHALIC_SPREAD))
    tilt = normal(body.shape, 0, 0.25)
    angle = tilt if side(body.shape) > 0 else tilt + float(np.pi)
    center = room(body, top, (radii[0], radii[1] + radii[0] * abs(float(np.sin(tilt)))))
    _neighbours(body, center, radii)
    egg, echo = normal(body.shape, -0.02, MOULDING), body.contrast(between(body.look, -4, 5))
    head = skull(body, center, radii, angle, egg, echo)
    _drop_out(body, head)
    _near_side(body, head, center)
    if body.look.random() < SHADOWED:
        _shadow(body, center, radii)
    _brain(body, Axes(center, angle, (radii[0] - 0.35, radii[1] - 0.35)))
    _haze(body, head, center, radii)
    body.label(head, 1)


def _neighbours(body: Body, center: Point, radii: Point) -> None:
    """Paint limbs and trunk that lie against the head."""
    for _ in range(int(body.look.integers(2, 7))):
        turn, size = between(body.look, 0, 2 * np.pi), between(body.look, 1.0, 3.2)
        reach = (radii[0] + 0.6 * size, radii[1] + 0.6 * size)
        place = (
            center[0] + reach[0] * float(np.cos(turn)),
            center[1] + reach[1] * float(np.sin(turn)),
        )
        part = body.ellipse(place, (size, between(body.look, 0.6, 1.0) * size), turn)
        body.fill(part, -10 + body.uneven(part, 0.7, 2.0), soft=0.1)
        if body.look.random() < LIMB_BONE:
            end = Axes(place, between(body.look, 0, np.pi)).at(0.5 * size)
            body.bone(body.tube([place, end], 0.2), 8, THIN_BONE)


def _shadow(body: Body, center: Point, radii: Point) -> None:
    """Let gas or bone of the mother hide a part of the head behind it."""
    side_of = 1 if body.look.random() < 0.5 else -1
    x = center[0] + side_of * between(body.look, 0.2, 1.1) * radii[0]
    y = center[1] - radii[1] - between(body.look, 0.3, 0.8)
    half, way = between(body.look, 0.4, 1.6), Axes((x, y), normal(body.look, 0, 0.2))
    arc = [way.at(step * half, 0.25 * half * (step**2 - 1)) for step in (-1.0, -0.5, 0.0, 0.5, 1.0)]
    body.bone(body.tube(arc, 0.12), 2, BONE)


def _drop_out(body: Body, head: Region) -> None:
    """Weaken the skull where beams graze it: the side walls of a fetal head hardly show.

    Thickness varies and sutures gape, so the rest of the bone is uneven too.
    """
    lost_HW = np.float32(DROP_OUT * body.difficulty.spread) * grazed(body, head)
    lost_HW += np.minimum(body.uneven(head, 0.9, PATCHY), 0)
    ring_HW = np.abs(head.distance_HW + DROP_OUT_REACH) < DROP_OUT_REACH
    body.scene.echo_HW[head.window] += ring_HW * lost_HW
    body.scene.surface_HW[head.window] *= np.power(np.float32(10), lost_HW / np.float32(20))


def _near_side(body: Body, head: Region, center: Point) -> None:
    """Let the side of the skull that faces the probe take more of the sound, but for a suture."""
    shell = head.grown(-DROP_OUT_REACH).shell(DROP_OUT_REACH)
    near = shell.within(body.half_plane(center, -0.5 * float(np.pi)))
    x = center[0] + normal(body.look, 0, 1.5)
    suture = body.tube([(x, 0.0), (x, center[1])], between(body.look, 0.05, 0.25))
    taken = SKULL.attenuation + body.difficulty.spread * between(body.look, 0, THICKEST)
    body.attenuate(near.without(suture), taken)


def _brain(body: Body, brain: Axes) -> None:
    """Falx, cavum, thalami, choroid plexus, Sylvian fissures; the front is along the axis."""
    long, short = brain.scale
    for across in (0.2, -0.2):
        thalamus = body.ellipse(brain.at(-0.02, across), (0.25 * long, 0.2 * short), brain.angle)
        body.fill(thalamus, -15, BRAIN, soft=0.1)
        plexus = body.ellipse(brain.at(-0.5, 2.1 * across), (0.24 * long, 0.1 * short), brain.angle)
        body.fill(plexus, 0, BRAIN, soft=0.08)
        body.fill(
            body.tube([brain.at(0.25, 3.6 * across), brain.at(-0.15, 3.4 * across)], 0.04), 3, BRAIN
        )
    for start, end, echo in ((-1.0, -0.3, 6), (0.62, 1.0, 6), (-0.3, 0.3, -2)):
        body.fill(body.tube([brain.at(start), brain.at(end)], 0.05), echo, BRAIN)
    _cavum(body, brain.at(0.46), (0.15 * long, 0.09 * short), brain.angle)


def _cavum(body: Body, center: Point, radii: Point, angle: float) -> None:
    cavum = body.ellipse(center, radii, angle)
    body.edge(cavum, 5)
    body.fluid(cavum, DARK + 8)


def _haze(body: Body, head: Region, center: Point, radii: Point) -> None:
    """Reverberation in the skull veils the near half of the brain."""
    depth = (np.float32(center[1]) - body.y_HW[head.window]) / np.float32(radii[1])
    part = body.scene.echo_HW[head.window]
    part += (
        (head.distance_HW < -0.3) * np.clip(depth, 0, 1) * np.float32(5 * body.difficulty.spread)
    )


def head_position(body: Body) -> None:
    """Paint a head at term, seen from the mother's belly; the finding is LOA ... ROT.

    Orbits lie at the face's end, cerebellum and neck at the occiput's. Either may be out of view.
    """
    top = womb(body)
    angle = turn_of(body, OCCIPUT)
    size = normal(body.shape, 1, 0.06)
    radii = (5.3 * size, 4.4 * size)
    middle = (normal(body.shape, 0, 0.4), max(top + 0.4 + radii[0], 0.54 * body.depth_cm))
    head = skull(body, middle, radii, angle, egg=0.05)
    brain = Axes(middle, angle, radii)
    orbits, neck = body.sign(ORBITS), body.sign(NECK)
    for start, end, echo in ((-0.55, -0.95, 4), (-0.3, 0.25, 0)):
        body.fill(body.tube([brain.at(start), brain.at(end)], 0.06), echo, BRAIN)
    _cavum(body, brain.at(-0.42), (0.5, 0.25), angle)
    for across in (0.22, -0.22):
        body.fill(body.ellipse(brain.at(0.02, across), (0.9, 0.65), angle), -16, BRAIN, soft=0.15)
    if orbits:
        _orbits(body, brain)
    if neck:
        _cerebellum_and_neck(body, brain)
    _haze(body, head, middle, radii)


def _orbits(body: Body, brain: Axes) -> None:
    for across in (0.42, -0.42):
        eye = body.ellipse(brain.at(-0.66, across), (0.95, 0.95))
        body.edge(eye, 3 + body.contrast(10), half=0.16)
        body.fluid(eye, DARK + 6)


def _cerebellum_and_neck(body: Body, brain: Axes) -> None:
    for across in (0.22, -0.22):
        lobe = body.ellipse(brain.at(0.55, across), (0.9, 1.0), brain.angle)
        body.fill(lobe, -11 + body.contrast(12), BRAIN, soft=0.2)
    neck = body.ellipse(brain.at(1.42), (0.42 * brain.scale[0], 2.3), brain.angle)
    body.fill(neck, -3 + body.contrast(5))
    for step in (1.1, 1.22, 1.34, 1.46):
        for across in (0.1, -0.1):
            knob = body.ellipse(brain.at(step, across), (0.14, 0.28), brain.angle)
            body.bone(knob, 4 + body.contrast(9), THIN_BONE)
