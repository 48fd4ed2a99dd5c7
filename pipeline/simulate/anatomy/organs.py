"""Six organs of the upper abdomen and the urinary bladder, each with its usual neighbours.

Sizes: kidney 9 to 12 by 4.5 to 6 cm, spleen 9 to 12 by 4 to 5 cm, gallbladder 6 to 9 by 2 to
3.5 cm, filled bladder 7 to 11 cm (textbook ranges: Block, Color Atlas of Ultrasound Anatomy).
"""

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import (
    POOL,
    background,
    belly_wall,
    diaphragm,
    gas,
    scattered_vessels,
    stone,
    vessel,
)
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BLOOD, KIDNEY, MUSCLE

# Shares of pictures; our assumption. Of bowel with a loop wide with fluid, of kidneys cut across,
# and of the liver with each neighbour in view.
WIDE_LOOP, ACROSS = 0.3, 0.2
BESIDE_LIVER = {"kidney": 0.2, "gallbladder": 0.15}


def organ(body: Body) -> None:
    """Paint the organ that is the finding: bladder, bowel, gallbladder, kidney, liver or spleen."""
    {
        "bladder": _bladder,
        "bowel": _bowel,
        "gallbladder": _gallbladder,
        "kidney": _kidney,
        "liver": _liver,
        "spleen": _spleen,
    }[body.finding](body)


def _bladder(body: Body) -> None:
    """A square-shouldered fluid space with a thick wall; prostate or uterus behind, bowel gas.

    Full, or nearly empty between loops of bowel.
    """
    background(body, -1, 1.5, 2.5)
    top = belly_wall(body)
    filling = between(body.shape, 0.4, 1.0)
    radii = (2.0 + 2.6 * filling, 0.8 + 2.4 * filling)
    center = (normal(body.shape, 0, 0.8), top + 0.5 + radii[1] + between(body.shape, 0, 1.5))
    for x in (-1, 1):
        if happens(body.look, 1.1 - filling):
            _loop(body, (x * (radii[0] + 1.6), center[1] + normal(body.look, 0, 0.6)))
    behind = body.ellipse((center[0], center[1] + radii[1] + 1.0), (2.2, 1.6))
    body.fill(behind, -4 + body.uneven(behind, 0.6, 1.5))
    space = body.ellipse(center, radii, 0, ((4, 0.05, np.pi), *ripples(body.shape, (2, 3), 0.06)))
    body.fill(space.grown(0.2), 3)
    body.fluid(space, wall=4, tissue=POOL)
    if happens(body.look, 0.5):
        gas(body, (normal(body.look, 0, 3), center[1] + radii[1] + 0.9), 1.0, 0.1)


def _bowel(body: Body) -> None:
    """Loops with a dark muscular wall; gas in some of them, and one may be wide with fluid."""
    background(body, -3, 1.0, 3.0)
    top = belly_wall(body)
    for x in np.linspace(-0.75, 0.75, 5) * body.half_width:
        for depth in (1.4, 4.2):
            if happens(body.shape, 0.75):
                away = normal(body.shape, 0, 0.7), normal(body.shape, 0, 0.7)
                _loop(body, (float(x) + away[0], top + depth + away[1]))
    if happens(body.shape, WIDE_LOOP):
        center = (normal(body.shape, 0, 2.5), top + between(body.shape, 2.0, 4.5))
        radii = (between(body.shape, 1.6, 3.4), between(body.shape, 1.0, 1.7))
        _loop(body, center, radii, between(body.look, DARK, -16))


def _loop(
    body: Body, center: Point, radii: Point | None = None, content: float | None = None
) -> None:
    """Paint a loop of bowel, cut across unless `radii` tells; gas or chyme of any echo in it."""
    radii = radii or (between(body.shape, 0.8, 1.6), between(body.shape, 0.7, 1.2))
    waves = ripples(body.look, (2, 3, 5), 0.07)
    loop = body.ellipse(center, radii, normal(body.shape, 0, 0.5), waves)
    body.edge(loop.grown(0.1), 4)
    body.fill(loop, -12, MUSCLE)
    if content is None and happens(body.look, 0.45):
        gas(body, (center[0], center[1] - 0.3 * radii[1]), 0.6 * radii[0], 0.0)
        return
    lumen = loop.grown(-0.3)
    echo = between(body.look, -20, 4) if content is None else content
    body.fill(lumen, echo + body.uneven(lumen, 0.3, 2))


def _liver_around(body: Body, vessels: int) -> float:
    """Fill the picture with liver behind the belly wall; return the wall's depth."""
    background(body, 0, 1.0, 1.2)
    scattered_vessels(body, vessels, 3.0)
    return belly_wall(body)


def _gallbladder(body: Body) -> None:
    """A pear of bile below the liver, filled or contracted; stones in some, others near it."""
    top = _liver_around(body, int(body.look.integers(1, 5)))
    body.fill(body.below(top + 6.5, normal(body.look, 0.1, 0.1)), -4)
    half = between(body.shape, 1.8, 4.0)
    center = (normal(body.shape, 0, 1.0), top + 1.5 + half * 0.7 + between(body.shape, 0, 1.0))
    if happens(body.look, 0.2):
        place = (center[0] + normal(body.look, -3, 1.0), center[1] + 3.6)
        _kidney_at(body, Axes(place, 0.3, (3.8, 1.9)))
    if happens(body.look, 0.25):
        _loop(body, (center[0] + 3.4, center[1] + 1.6))
    axes = Axes(
        center, normal(body.shape, 0.45, 0.35), (half, half * between(body.shape, 0.33, 0.5))
    )
    _pear(body, axes)
    if happens(body.look, 0.25):
        stone(body, axes.at(0.4, 0.5), between(body.look, 0.15, 0.3) * axes.scale[1] + 0.1)
    if happens(body.look, 0.6):
        gas(body, (center[0] + 3.2, center[1] + 2.2), 1.0, 0.3)


def _pear(body: Body, axes: Axes) -> None:
    """Paint a gallbladder whose size is the axes' scale; sludge dims the bile of some."""
    waves = ((1, 0.16, 0.0), (2, 0.03, 0.5), *ripples(body.shape, (3,), 0.05))
    pear = body.ellipse(axes.center, axes.scale, axes.angle, waves)
    bile = between(body.look, -24, -14) if happens(body.look, 0.15) else DARK
    body.fluid(pear, bile, wall=6)


def _kidney_at(body: Body, axes: Axes) -> None:
    """Dark cortex, darker pyramids, bright sinus; the kidney's size is the axes' scale."""
    long, short = axes.scale
    outline = body.ellipse(axes.center, axes.scale, axes.angle, ((2, 0.03, 0.5),))
    cortex = between(body.look, -8, -4)
    body.fill(outline, cortex + body.uneven(outline, 0.5, 1.0), KIDNEY)
    body.edge(outline, between(body.look, 2, 6))
    for turn in np.linspace(0, 2 * np.pi, 9, endpoint=False):
        place = axes.at(0.68 * float(np.cos(turn)), 0.64 * float(np.sin(turn)))
        body.fill(body.ellipse(place, (0.45, 0.4)), cortex - 7, KIDNEY, soft=0.1)
    waves = ripples(body.look, (3, 5), 0.12)
    sinus = body.ellipse(axes.center, (0.58 * long, 0.36 * short), axes.angle, waves)
    body.fill(sinus, between(body.look, 6, 9) + body.uneven(sinus, 0.3, 2.0), soft=0.15)
    if happens(body.look, 0.25):
        pelvis = (between(body.look, 0.2, 0.55) * long, between(body.look, 0.1, 0.3) * short)
        body.fluid(body.ellipse(axes.center, pelvis, axes.angle), DARK + 8)


def _kidney(body: Body) -> None:
    """The kidney, along or across, behind liver, spleen or bowel."""
    background(body, -2, 1.0, 2.0)
    top = belly_wall(body)
    half = between(body.shape, 4.4, 5.8)
    scale = (half, half * between(body.shape, 0.43, 0.5))
    if happens(body.shape, ACROSS):
        scale = (scale[1] * between(body.shape, 1.0, 1.3), scale[1])
    deep = top + 1.0 + scale[1] + between(body.shape, 0, 3.0)
    center = (normal(body.shape, 0, 0.9), deep)
    angle = normal(body.shape, 0, 0.35)
    cover = body.below(top).within(body.above(center[1], 0.1))
    body.fill(cover, between(body.look, -1, 2) + body.uneven(cover, 0.8, 1.5))
    if happens(body.look, 0.5):
        scattered_vessels(body, 2, top + 0.5)
    _kidney_at(body, Axes(center, angle, scale))
    if happens(body.look, 0.2):
        _loop(body, (between(body.look, -4, 4), top + 1.4))


def _liver(body: Body) -> None:
    """Hepatic veins running together, portal branches with bright walls, the diaphragm.

    Some pictures also show the kidney or the gallbladder; not every vein lies in the plane.
    """
    background(body, 0, 1.0, 1.2)
    trunk = (normal(body.shape, 0.5, 1.5), 0.72 * body.depth_cm)
    if happens(body.look, 0.9):
        dome = (trunk[0] * 0.5, 3.0), (11.5, 0.74 * body.depth_cm - 2.6)
        diaphragm(body, *dome)
    for x in (-4.5, 0.3, 4.5):
        if happens(body.look, 0.1):
            continue
        end = (x + normal(body.shape, 0, 1.2), between(body.shape, 0.25, 0.5) * body.depth_cm)
        bend = (0.5 * (trunk[0] + end[0]) + normal(body.shape, 0, 0.5), 0.5 * (trunk[1] + end[1]))
        vessel(body, [trunk, bend, end], between(body.shape, 0.15, 0.42), 0.0)
    scattered_vessels(body, int(body.look.integers(1, 6)), 3.0)
    aside = body.look.random()
    if aside < BESIDE_LIVER["kidney"]:
        place = (normal(body.look, -3, 1.2), between(body.look, 0.5, 0.65) * body.depth_cm)
        _kidney_at(
            body, Axes(place, normal(body.look, 0.2, 0.3), (between(body.look, 3.6, 5), 2.1))
        )
    elif aside < BESIDE_LIVER["kidney"] + BESIDE_LIVER["gallbladder"]:
        place = (normal(body.look, 2.5, 1.2), between(body.look, 0.4, 0.6) * body.depth_cm)
        long = between(body.look, 1.2, 2.4)
        _pear(body, Axes(place, normal(body.look, 0.45, 0.3), (long, 0.4 * long)))
    belly_wall(body)


def _spleen(body: Body) -> None:
    """A crescent under the diaphragm, evenly grained, with vessels at its inner side."""
    background(body, -6, 1.2, 2.5)
    top = belly_wall(body)
    half = between(body.shape, 3.6, 5.8)
    radii = (half, half * between(body.shape, 0.42, 0.55))
    angle = normal(body.shape, 0.2, 0.25)
    center = (normal(body.shape, 0, 1.0), top + 1.0 + radii[1] + between(body.shape, 0, 1.0))
    at = Axes(center, angle, radii)
    outline = body.ellipse(center, radii, angle)
    hollow = body.ellipse(
        at.at(0.1, 1.15), (0.75 * half, between(body.shape, 0.4, 0.7) * radii[1]), angle
    )
    crescent = outline.without(hollow)
    if happens(body.look, 0.85):
        dome = body.ellipse(at.at(0, 0.3), (1.15 * half, 1.4 * radii[1]), angle).shell(0.12)
        body.fill(dome.without(body.half_plane(at.at(-0.75), angle)), 12)
    body.edge(crescent, between(body.look, 2, 7))
    body.fill(crescent, between(body.look, -2, 2) + body.uneven(crescent, 0.8, 0.8))
    if happens(body.look, 0.7):
        _hilum(body, crescent, at)
    if happens(body.look, 0.35):
        _kidney_at(body, Axes(at.at(0.2, 1.9), angle + 0.3, (between(body.look, 3.6, 5), 2.0)))
    if happens(body.look, 0.6):
        gas(body, at.at(-0.95, 0.4), 1.0, angle)


def _hilum(body: Body, crescent: Region, at: Axes) -> None:
    for along in (-0.15, 0.2):
        ends = [at.at(along, 0.7), at.at(along + 0.08, 0.1)]
        body.fluid(body.tube(ends, 0.18).within(crescent), DARK + 8, tissue=BLOOD)
