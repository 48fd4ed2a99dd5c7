"""Fetal thigh with its bone, and the many views that are no standard plane."""

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, one_of, ripples, side
from pipeline.simulate.anatomy.fetus import fetus_of, room, vertebra, womb
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BLOOD, BRAIN, FETAL_BONE

OTHER_VIEWS = {"limbs": 0.3, "cord": 0.25, "spine": 0.25, "profile": 0.2}


def fetal_femur(body: Body) -> None:
    """Paint a thigh with its bone; the finding is femur. Landmarks: left end, right end.

    The bone lies at less than 35 degrees to the skin line and is a little bowed.
    """
    half = fetus_of(body).femur / 2
    top = womb(body)
    angle = normal(body.shape, 0, 0.25)
    girth = 0.62 * half + between(body.shape, 0.3, 0.6)
    center = room(body, top, (half, girth + half * abs(float(np.sin(angle)))))
    leg = Axes(center, angle, (half, half))
    thigh = body.ellipse(
        leg.at(0.1 * side(body.shape)), (1.4 * half + 0.4, girth), angle,
        ripples(body.shape, (1, 2, 3), 0.05),
    )  # fmt: skip
    body.edge(thigh, 4)
    body.fill(thigh, -7 + body.uneven(thigh, 0.8, 2.0))
    bow = normal(body.shape, -0.06, 0.03)
    line = [leg.at(step, bow * (1 - step**2)) for step in np.linspace(-1, 1, 7)]
    thick = 0.1 + 0.02 * half
    body.bone(body.tube(line, thick), 9 + body.contrast(5))
    for end in (line[0], line[-1]):
        body.bone(body.ellipse(end, (thick, 1.5 * thick), angle), 9 + body.contrast(4))
        body.landmark(end)
    if happens(body.look, 0.4):
        _bony_neighbour(body, leg, girth)


def _bony_neighbour(body: Body, leg: Axes, girth: float) -> None:
    """The other leg or the pelvis, cut short: a second bright line that is not the femur."""
    x = between(body.look, -1, 1)
    y = (girth + between(body.look, 0.5, 1.2)) / leg.scale[1]
    ends = [leg.at(x - 0.2, y), leg.at(x + 0.2, y + normal(body.look, 0, 0.2))]
    body.bone(body.tube(ends, 0.12), 11)


def fetal_other(body: Body) -> None:
    """Paint no standard plane: limbs, cord, spine along, or face; the finding is other."""
    top = womb(body)
    {"limbs": _limbs, "cord": _cord, "spine": _long_spine, "profile": _profile}[
        one_of(body.shape, OTHER_VIEWS)
    ](body, top)


def _somewhere(body: Body, top: float) -> Point:
    return (
        between(body.shape, -0.45, 0.45) * body.half_width,
        between(body.shape, top + 1.5, body.depth_cm - 2),
    )


def _limbs(body: Body, top: float) -> None:
    for _ in range(int(body.shape.integers(2, 5))):
        joint = _somewhere(body, top)
        for bend in (between(body.shape, 0, np.pi), between(body.shape, np.pi, 2 * np.pi)):
            _segment(body, Axes(joint, bend), between(body.shape, 2.0, 3.4))


def _segment(body: Body, limb: Axes, length: float) -> None:
    """One segment of a limb, from a joint along the axis: flesh around a bone."""
    flesh = body.ellipse(limb.at(0.5 * length), (0.62 * length, 0.28 * length), limb.angle)
    body.fill(flesh, -6 + body.uneven(flesh, 0.5, 2.0))
    body.bone(body.tube([limb.at(0.15 * length), limb.at(0.85 * length)], 0.09), 12, FETAL_BONE)


def _cord(body: Body, top: float) -> None:
    """Loops of the umbilical cord: two arteries and a vein in jelly."""
    for _ in range(int(body.shape.integers(4, 8))):
        loop = Axes(_somewhere(body, top), between(body.shape, 0, np.pi))
        jelly = body.ellipse(loop.center, (1.0, 0.65), loop.angle)
        body.edge(jelly, 4)
        body.fill(jelly, -4)
        for along, radius in ((-0.5, 0.16), (0.45, 0.3), (0.0, 0.14)):
            body.fluid(
                body.ellipse(loop.at(along), (radius, radius)), DARK + 8, wall=4, tissue=BLOOD
            )


def _long_spine(body: Body, top: float) -> None:
    """The spine along its length: two rows of vertebrae with their shadows."""
    center = room(body, top, (4.0, 2.4))
    trunk = Axes(center, normal(body.shape, 0, 0.2))
    body.fill(body.ellipse(center, (5.5, 2.3), trunk.angle), -5)
    body.edge(body.ellipse(center, (5.5, 2.3), trunk.angle), 5)
    for along in np.arange(-4.2, 4.3, 0.55):
        for across in (-0.35, 0.35):
            place = trunk.at(float(along), across - 0.9 + 0.03 * float(along) ** 2)
            body.bone(body.ellipse(place, (0.2, 0.13), trunk.angle), 13, FETAL_BONE)


def _profile(body: Body, top: float) -> None:
    """The face from the side: forehead, nose, lips, chin."""
    center = room(body, top, (4.0, 3.6))
    up = -1.0
    head = body.ellipse(center, (3.6, 2.9), normal(body.shape, 0, 0.2))
    body.fill(head, -9 + body.uneven(head, 0.7, 1.5), BRAIN)
    body.bone(head.shell(0.14).within(body.above(center[1])), 12, FETAL_BONE)
    for x, rise, size in ((2.3, 2.2, 0.5), (3.0, 1.4, 0.4), (3.5, 0.6, 0.55)):
        bump = body.ellipse((center[0] + x, center[1] + up * rise), (size, size))
        body.fill(bump, -3)
        body.edge(bump, 5)
    vertebra(body, (center[0] - 1.5, center[1] + 1.2), 1.57, 0.35)
