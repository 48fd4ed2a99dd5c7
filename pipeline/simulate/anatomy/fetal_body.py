"""The fetal trunk across: belly, chest with the heart, and the sacrum's position."""

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples, side
from pipeline.simulate.anatomy.fetal_head import OCCIPUT, THIN_BONE, turn_of
from pipeline.simulate.anatomy.fetus import fetus_of, room, vertebra, womb
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BLOOD, FETAL_BONE

SACRUM = {name.replace("O", "S"): angle for name, angle in OCCIPUT.items()}
FRONT = ("NSA", "LSA", "RSA")
# Sacrum in front: seen from the mother's belly, nothing lies before it.
ILIAC_WINGS = {name: 0.95 if name in FRONT else 0.8 for name in SACRUM}
THIGHS = {name: 0.6 if name in FRONT else 0.9 for name in SACRUM}


def _trunk(body: Body, radius: float, top: float, echo: float) -> tuple[Axes, Region, float]:
    """Paint a round trunk with its spine.

    Return its axes (the first points to the spine, in steps of the radius), its shape, and on
    which hand, 1 or -1, the fetus' left lies.
    """
    center = room(body, top, (radius, radius))
    squeeze = normal(body.shape, 0.95, 0.03)
    angle, hand = between(body.shape, 0, 2 * np.pi), side(body.shape)
    trunk = body.ellipse(
        center, (radius, radius * squeeze), angle, ripples(body.shape, (2, 3), 0.015)
    )
    body.edge(trunk, 7, half=0.12)
    body.fill(trunk, echo + body.uneven(trunk, 0.7, 1.5))
    axes = Axes(center, angle, (radius, radius * squeeze))
    vertebra(body, axes.at(0.72), angle, 0.11 * radius)
    return axes, trunk, hand


def fetal_abdomen(body: Body) -> None:
    """Paint the plane of the abdominal circumference; the finding is abdomen.

    Masks: 1 artery (aorta), 2 liver, 3 stomach, 4 umbilical vein. Spine behind, stomach on the
    left, the vein in the middle of the front third (Salomon et al., ISUOG guideline 2019).
    """
    fetus = fetus_of(body)
    axes, trunk, hand = _trunk(body, fetus.belly, womb(body), -6)
    radius = fetus.belly
    _ribs(body, axes, (1.1, -1.1))
    place = axes.at(normal(body.shape, -0.12, 0.04), -hand * normal(body.shape, 0.27, 0.05))
    size = (normal(body.shape, 0.6, 0.04) * radius, normal(body.shape, 0.52, 0.04) * radius)
    waves = ripples(body.shape, (2, 3), 0.06)
    liver = body.ellipse(place, size, axes.angle, waves).within(trunk.grown(-0.1 * radius))
    body.fill(liver, -6 + body.contrast(6) + body.uneven(liver, 0.6, 1.5))
    body.label(liver, 2)
    place = axes.at(normal(body.shape, -0.02, 0.08), hand * normal(body.shape, 0.52, 0.05))
    size = (normal(body.shape, 0.29, 0.05) * radius, normal(body.shape, 0.19, 0.03) * radius)
    stomach = body.ellipse(place, size, axes.angle + normal(body.shape, 0.3, 0.3) * hand)
    body.fluid(stomach, -6 + body.contrast(DARK + 10), wall=2)
    body.label(stomach, 3)
    hook = [axes.at(-0.78, 0.02 * hand), axes.at(-0.42, -0.01 * hand), axes.at(-0.2, -0.2 * hand)]
    vein = body.tube(hook, normal(body.shape, 0.075, 0.01) * radius)
    body.fluid(vein, -6 + body.contrast(DARK + 10), wall=4, tissue=BLOOD)
    body.label(vein, 4)
    artery = body.ellipse(axes.at(0.45, hand * 0.13), (0.085 * radius, 0.085 * radius))
    body.fluid(artery, -6 + body.contrast(DARK + 10), wall=4, tissue=BLOOD)
    body.label(artery, 1)
    cava = body.ellipse(axes.at(0.33, -hand * 0.2), (0.075 * radius, 0.06 * radius))
    body.fluid(cava, DARK + 10, tissue=BLOOD)


def _ribs(body: Body, axes: Axes, turns: tuple[float, ...]) -> None:
    """Paint rib sections near the trunk's edge at some angles from the spine."""
    for turn in turns:
        arc = [
            axes.at(0.9 * float(np.cos(turn + step)), 0.9 * float(np.sin(turn + step)))
            for step in (-0.16, 0, 0.16)
        ]
        body.bone(body.tube(arc, 0.018 * axes.scale[0] + 0.02), 9, FETAL_BONE)


def fetal_thorax(body: Body) -> None:
    """Paint the four-chamber view; the finding is heart. Mask 1 is the heart.

    The heart fills a third of the chest and its axis points 45 degrees to the left of the front
    (Carvalho et al., ISUOG guideline 2013).
    """
    radius = 0.88 * fetus_of(body).belly
    axes, _, hand = _trunk(body, radius, womb(body), -1)
    _ribs(body, axes, tuple(np.linspace(0.6, 2 * np.pi - 0.6, 8)))
    beat = 1 + 0.06 * float(np.cos(2 * np.pi * body.scene.pose.phase))
    middle = axes.at(normal(body.shape, -0.2, 0.04), hand * normal(body.shape, 0.17, 0.04))
    # The first axis of the heart points to its apex.
    angle = axes.angle + np.pi - hand * normal(body.shape, 0.79, 0.15)
    size = normal(body.shape, 1.0, 0.06) * radius
    heart = Axes(middle, angle, (0.52 * size * beat, 0.4 * size * beat))
    outline = body.ellipse(middle, heart.scale, angle, ((1, -0.07, 0.0), (3, 0.03, 0.0)))
    body.edge(outline, 6)
    body.fill(outline, body.contrast(1) + body.uneven(outline, 0.4, 1.0))
    for along, across, long, short in (
        (0.2, 0.33, 0.4, 0.21), (0.17, -0.34, 0.38, 0.23), (-0.5, 0.3, 0.27, 0.24),
        (-0.5, -0.3, 0.27, 0.24),
    ):  # fmt: skip
        radii = (long * heart.scale[0] / beat, short * heart.scale[1])
        body.fluid(body.ellipse(heart.at(along, across), radii, angle), DARK + 10, tissue=BLOOD)
    body.fill(body.tube([heart.at(-0.22, -0.5), heart.at(-0.2, 0.5)], 0.03 * radius), 4)
    aorta = body.ellipse(axes.at(0.42, hand * 0.16), (0.09 * radius, 0.09 * radius))
    body.fluid(aorta, DARK + 8, wall=4, tissue=BLOOD)
    body.label(outline, 1)


def sacral_position(body: Body) -> None:
    """Paint a breech from the mother's belly; the finding is LSA ... RST, where the sacrum lies.

    Sacrum and iliac wings lie at the back, bladder and thighs in front.
    """
    top = womb(body)
    angle = turn_of(body, SACRUM)
    radius = normal(body.shape, 4.3, 0.3)
    center = (normal(body.shape, 0, 0.4), max(top + 0.4 + radius, 0.52 * body.depth_cm))
    trunk = body.ellipse(center, (radius, 0.94 * radius), angle, ripples(body.shape, (2, 3), 0.025))
    body.edge(trunk, 6, half=0.12)
    body.fill(trunk, -7 + body.uneven(trunk, 0.8, 2.0))
    axes = Axes(center, angle, (radius, 0.94 * radius))
    wings, thighs = body.sign(ILIAC_WINGS), body.sign(THIGHS)
    vertebra(body, axes.at(0.7), angle, 0.17 * radius)
    for hand in (-1, 1):
        if wings:
            wing = [axes.at(0.66, 0.3 * hand), axes.at(0.2, 0.62 * hand)]
            body.bone(body.tube(wing, 0.2), 4 + body.contrast(10), THIN_BONE)
        if thighs:
            _thigh(body, axes.at(-0.72, 0.5 * hand), 0.38 * radius)
    if happens(body.look, 0.7):
        bladder = (0.2 * radius, between(body.look, 0.14, 0.24) * radius)
        body.fluid(body.ellipse(axes.at(-0.3), bladder, angle), wall=4)


def _thigh(body: Body, center: Point, radius: float) -> None:
    leg = body.ellipse(center, (radius, radius))
    body.fill(leg, -7 - body.contrast(8))
    body.edge(leg, 4)
    core = body.ellipse(center, (0.25 * radius, 0.25 * radius))
    body.bone(core, 4 + body.contrast(9), THIN_BONE)
