"""What several anatomies share: the layers of the body wall, muscle, vessels, gas, stones."""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.texture import fibres, septa
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import (
    BLOOD,
    CALCIFICATION,
    FAT,
    FLUID,
    GAS,
    LUNG_SOLID,
    MUSCLE,
    SKIN,
)

# Echo level of fat, dB.
DIM = -8.0
# Muscle of neck and back as operators show it, with the gain set for it.
FLESH = replace(MUSCLE, attenuation=0.55)
# Short lines of connective tissue in a picture of soft tissue.
STREAKS = 8
# Behind a large pool of fluid operators turn the gain down; here the pool itself dims.
POOL = replace(FLUID, attenuation=0.3)


def background(body: Body, echo: float, patches: float, height: float) -> None:
    """Fill everything with soft tissue, uneven in patches of so many cm."""
    whole = body.whole()
    body.fill(whole, echo + body.uneven(whole, patches, height))
    for _ in range(STREAKS):
        _streak(body, echo + between(body.look, 2, 8))


def _streak(body: Body, echo: float) -> None:
    """Paint a short bright line of connective tissue at a random place."""
    start = (
        between(body.look, -0.9, 0.9) * body.half_width,
        between(body.look, 0.15, 0.95) * body.depth_cm,
    )
    angle, length = normal(body.look, 0, 0.5), between(body.look, 0.05, 0.15) * body.depth_cm
    end = (start[0] + length * float(np.cos(angle)), start[1] + length * float(np.sin(angle)))
    body.paint(body.tube([start, end], 0.004 * body.depth_cm), echo, soft=0.01 * body.depth_cm)


def skin_and_fat(body: Body, fat: float) -> float:
    """Paint skin and fat under it, `fat` cm thick; return the depth of the fascia below.

    Skin of 0.1 to 0.25 cm; fat is dark with bright septa (Stavros 1995, normal layers).
    """
    skin = between(body.shape, 0.012, 0.02) * body.depth_cm
    fascia: float = skin + fat
    wave = ((between(body.look, 0.5, 2), 0.06 * fat, between(body.look, 0, 6)),)
    layer = body.layer(fascia, wave)
    patches = body.uneven(layer, 0.25 + 0.2 * fat, 1.5)
    body.fill(layer, DIM + patches, FAT)
    septa(body, layer, 0.1 + 0.2 * fat)
    body.edge(layer, 3)
    body.fill(body.layer(body.skin_cm + skin), 7, SKIN)
    return fascia


def belly_wall(body: Body) -> float:
    """Paint the front wall of the belly; return the depth of the peritoneum.

    Subcutaneous fat of 0.6 to 2.6 cm (mean 1.5, of adults by ultrasound: Stoerchle 2018) and
    0.7 to 1.3 cm of muscle. The fat is a nuisance: it says nothing of what lies behind.
    """
    fat, muscle = normal(body.shape, 1.3, 0.35), between(body.shape, 0.6, 1.1)
    layer = body.layer(fat + muscle + 0.2)
    body.fill(layer, fibres(body, layer), MUSCLE)
    body.edge(layer, 4)
    fascia = skin_and_fat(body, fat)
    return fascia + muscle


def vessel(body: Body, points: list[Point], radius: float, wall: float = 3.0) -> Region:
    """Paint a blood vessel along a line, with walls of `wall` dB; return it."""
    lumen = body.tube(points, radius)
    body.edge(lumen, wall, half=0.2 * radius + 0.02)
    body.fluid(lumen, DARK + 8, tissue=BLOOD)
    return lumen


def scattered_vessels(body: Body, count: int, top: float) -> None:
    """Paint `count` short vessels of random place and direction below the depth `top`."""
    for _ in range(count):
        start = (
            between(body.look, -0.8, 0.8) * body.half_width,
            between(body.look, top, 0.85 * body.depth_cm),
        )
        way, length = Axes(start, between(body.look, 0, np.pi)), between(body.look, 1.0, 3.0)
        bend = way.at(0.5 * length, normal(body.look, 0, 0.12) * length)
        wall = 7.0 if happens(body.look, 0.5) else 0.0
        vessel(body, [start, bend, way.at(length)], between(body.look, 0.1, 0.28), wall)


def gas(body: Body, center: Point, width: float, angle: float) -> None:
    """Paint a bright arc of bowel gas with a dirty shadow."""
    arc = body.ellipse(center, (width, 0.03 * body.depth_cm), angle)
    body.fill(arc, 10, replace(GAS, attenuation=6.0))


def stone(body: Body, center: Point, radius: float) -> None:
    """Paint a stone: a bright near face and a clean shadow."""
    body.bone(body.ellipse(center, (radius, 0.7 * radius)), 14, CALCIFICATION)


def fleck(body: Body, center: Point, size: float, echo: float = 12.0) -> None:
    """Paint a small bright echo, such as a microcalcification."""
    body.paint(body.ellipse(center, (size, 0.8 * size)), echo)


def inside(rng: np.random.Generator, center: Point, radii: Point, share: float) -> Point:
    """Draw a place within `share` of an ellipse that is not turned."""
    angle, away = between(rng, 0, 2 * np.pi), share * float(np.sqrt(rng.random()))
    return (
        center[0] + radii[0] * away * float(np.cos(angle)),
        center[1] + radii[1] * away * float(np.sin(angle)),
    )


def diaphragm(body: Body, center: Point, radii: Point) -> None:
    """Paint the bright dome behind liver or spleen, and the dark lung beyond it."""
    dome = body.ellipse(center, radii)
    body.fill(body.whole().without(dome), -16, LUNG_SOLID)
    body.edge(dome, 8, half=0.1)
    body.interface(dome, 28)
