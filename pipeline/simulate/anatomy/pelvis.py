"""The female pelvis by transvaginal probe: fibroid of the uterus, tumor of the ovary."""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, one_of, ripples, side
from pipeline.simulate.anatomy.edges import fade
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import POOL, background, gas, inside, stone
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import FIBROUS

# Kinds of MMOTU's eight classes, gathered: what is inside the mass.
MASSES = {
    "simple cyst": 0.25, "chocolate cyst": 0.2, "teratoma": 0.2, "septate": 0.2, "solid": 0.15,
}  # fmt: skip
CALCIFIED = 0.15
# At most so many parts of a mass cannot be told from what surrounds it.
LOST_PARTS = 3


def uterus(body: Body) -> None:
    """Paint a uterus of 7 to 9 by 4 to 5.5 cm; the finding is fibroid. Mask 1 is the fibroid."""
    background(body, -5, 1.0, 2.5)
    full = between(body.look, 0.15, 0.5)
    bladder = (normal(body.look, -1.5, 0.8), 0.5 + full)
    body.fluid(body.ellipse(bladder, (between(body.look, 1.0, 2.0), full)), wall=4, tissue=POOL)
    flip = side(body.shape)
    scale = (normal(body.shape, 3.7, 0.25), normal(body.shape, 2.3, 0.15))
    womb = Axes((normal(body.shape, 0, 0.25), 4.3), flip * normal(body.shape, 0.25, 0.15), scale)
    outline = body.ellipse(womb.center, scale, womb.angle, ((1, 0.1, 0.3), (3, 0.03, 1.0)))
    body.edge(outline, 4)
    body.fill(outline, -1 + body.uneven(outline, 0.6, 1.2))
    thick = between(body.look, 0.12, 0.55)
    bow = normal(body.look, 0, 0.08)
    line = [womb.at(step, bow * (1 - 2 * step**2)) for step in (-0.55, -0.2, 0.2, 0.6)]
    lining = body.tube(line, thick)
    body.fill(lining.grown(0.15), -8)
    body.fill(lining, 5)
    _fibroid(body, womb)
    gas(body, (normal(body.look, 0, 1.5), 7.6), 1.2, normal(body.look, 0, 0.1))


def _fibroid(body: Body, womb: Axes) -> None:
    """A round, whorled, dark node of 1.5 to 5 cm: shadows at its edges, sound lost within."""
    radius = max(0.65, normal(body.shape, 1.2, 0.35))
    turn = between(body.shape, 0, 2 * np.pi)
    away = between(body.shape, 0.35, 0.85)
    center = womb.at(0.8 * away * float(np.cos(turn)), away * float(np.sin(turn)))
    center = (center[0], max(center[1], 1.3 + radius))
    radii = (radius, radius * normal(body.shape, 0.88, 0.06))
    node = body.ellipse(
        center, radii, normal(body.shape, 0, 0.5), ripples(body.shape, (2, 3), 0.05)
    )
    whorls = 2.5 * np.sin(node.distance_HW * np.float32(2 * np.pi / 0.4))
    body.edge(node, -9, half=0.07)
    difference = -1 - body.contrast(between(body.look, 7, 14))
    body.fill(node, difference + whorls + body.uneven(node, 0.5, 1.5), soft=0.08)
    body.attenuate(node, 0.5 + body.contrast(0.3))
    for hand in (-1, 1):
        flank = (center[0] + hand * 0.93 * radii[0], center[1])
        body.attenuate(body.ellipse(flank, (0.12, 0.5 * radii[1])), 1.8)
    if happens(body.look, CALCIFIED):
        stone(body, inside(body.look, center, radii, 0.6), 0.2)
    body.label(node, 1)


def ovary(body: Body) -> None:
    """Paint an ovarian mass of 3 to 7 cm; the finding is tumor. Mask 1 is the whole mass."""
    background(body, -2, 1.0, 3.0)
    for _ in range(3):
        place = (between(body.look, -0.8, 0.8) * body.half_width, between(body.look, 4.5, 8.5))
        gas(body, place, between(body.look, 0.4, 0.9), normal(body.look, 0, 0.4))
    long = normal(body.shape, 2.4, 0.45)
    radii = (long, long * normal(body.shape, 0.8, 0.08))
    center = (normal(body.shape, 0, 0.7), 1.1 + radii[1] + between(body.shape, 0, 1.4))
    waves = ripples(body.shape, (2, 3, 4), 0.05)
    mass = body.ellipse(center, radii, normal(body.shape, 0, 0.3), waves)
    body.edge(mass, 2 + body.contrast(4), half=0.12)
    kind = one_of(body.look, MASSES)
    {
        "simple cyst": _simple_cyst,
        "chocolate cyst": _chocolate_cyst,
        "teratoma": _teratoma,
        "septate": _septate,
        "solid": _solid,
    }[kind](body, mass, center, radii)
    for _ in range(int(body.look.integers(0, LOST_PARTS + 1))):
        around, half = between(body.look, 0, 2 * np.pi), between(body.look, 0.2, 0.5)
        fade(body, mass, center, around, half, between(body.look, 0.15, 0.4))
    body.label(mass, 1)


def _simple_cyst(body: Body, mass: Region, center: Point, radii: Point) -> None:
    body.fluid(mass, -2 + body.contrast(DARK + 6), tissue=POOL)


def _chocolate_cyst(body: Body, mass: Region, center: Point, radii: Point) -> None:
    """Ground glass: old blood with low, even echoes."""
    body.fluid(mass, -2 - body.contrast(between(body.look, 8, 15)), tissue=POOL)


def _teratoma(body: Body, mass: Region, center: Point, radii: Point) -> None:
    """Fluid with a bright plug of hair and fat that swallows the sound."""
    body.fluid(mass, -2 - body.contrast(between(body.look, 9, 20)), tissue=POOL)
    plug = body.ellipse(inside(body.look, center, radii, 0.5), (0.5 * radii[0], 0.5 * radii[1]))
    body.fill(plug.within(mass), 8, replace(FIBROUS, attenuation=2.0))


def _septate(body: Body, mass: Region, center: Point, radii: Point) -> None:
    """Fluid in chambers, some with a solid knob on the wall."""
    body.fluid(mass, -2 + body.contrast(DARK + 10), tissue=POOL)
    for _ in range(int(body.look.integers(1, 4))):
        way = Axes(inside(body.look, center, radii, 0.4), between(body.look, 0, np.pi))
        wall = body.tube([way.at(-2 * radii[0]), way.at(2 * radii[0])], 0.025)
        body.fill(wall.within(mass), 2)
    if happens(body.look, 0.5):
        turn = between(body.look, 0, 2 * np.pi)
        place = Axes(center, 0.0, radii).at(0.85 * float(np.cos(turn)), 0.85 * float(np.sin(turn)))
        knob = body.ellipse(place, (0.6, 0.5), 0, ripples(body.look, (3, 5), 0.1))
        body.fill(knob.within(mass), -1)


def _solid(body: Body, mass: Region, center: Point, radii: Point) -> None:
    body.fill(mass, -2 - body.contrast(between(body.look, 5, 9)) + body.uneven(mass, 0.5, 3.0))
    body.attenuate(mass, 0.8)
    for _ in range(3):
        hole = body.ellipse(inside(body.look, center, radii, 0.6), (0.3, 0.25))
        body.paint(hole, DARK + 10, soft=0.08)
