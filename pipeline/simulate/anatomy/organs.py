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
from pipeline.simulate.tissues import BLOOD, KIDNEY, MUSCLE


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
    """A square-shouldered fluid space with a thick wall; prostate or uterus behind, bowel gas."""
    background(body, -1, 1.5, 2.5)
    top = belly_wall(body)
    radii = (between(body.shape, 2.8, 4.6), between(body.shape, 2.0, 3.2))
    center = (normal(body.shape, 0, 0.4), top + 0.5 + radii[1])
    behind = body.ellipse((center[0], center[1] + radii[1] + 1.0), (2.2, 1.6))
    body.fill(behind, -4 + body.uneven(behind, 0.6, 1.5))
    space = body.ellipse(center, radii, 0, ((4, 0.05, np.pi), *ripples(body.shape, (2, 3), 0.04)))
    body.fill(space.grown(0.2), 3)
    body.fluid(space, wall=4, tissue=POOL)
    if happens(body.look, 0.5):
        gas(body, (normal(body.look, 0, 3), center[1] + radii[1] + 0.9), 1.0, 0.1)


def _bowel(body: Body) -> None:
    """Loops with a dark muscular wall; gas in some of them throws dirty shadows."""
    background(body, -3, 1.0, 3.0)
    top = belly_wall(body)
    for x in np.linspace(-0.75, 0.75, 5) * body.half_width:
        for depth in (1.4, 4.2):
            center = (
                float(x) + normal(body.shape, 0, 0.5), top + depth + normal(body.shape, 0, 0.4),
            )  # fmt: skip
            radii = (between(body.shape, 1.0, 1.6), between(body.shape, 0.8, 1.2))
            loop = body.ellipse(center, radii, normal(body.shape, 0, 0.4))
            body.edge(loop.grown(0.1), 4)
            body.fill(loop, -12, MUSCLE)
            lumen = loop.grown(-0.3)
            if happens(body.look, 0.45):
                gas(body, (center[0], center[1] - 0.3 * radii[1]), 0.6 * radii[0], 0.0)
            else:
                body.fill(lumen, between(body.look, -20, 4) + body.uneven(lumen, 0.3, 2))


def _liver_around(body: Body, vessels: int) -> float:
    """Fill the picture with liver behind the belly wall; return the wall's depth."""
    background(body, 0, 1.0, 1.2)
    scattered_vessels(body, vessels, 3.0)
    return belly_wall(body)


def _gallbladder(body: Body) -> None:
    """A pear of bile below the liver; stones in some."""
    top = _liver_around(body, 2)
    body.fill(body.below(top + 6.5, normal(body.look, 0.1, 0.1)), -4)
    half = between(body.shape, 2.8, 4.0)
    radii = (half, half * between(body.shape, 0.33, 0.46))
    angle = normal(body.shape, 0.45, 0.25)
    center = (normal(body.shape, 0, 0.6), top + 1.5 + half * 0.7)
    pear = body.ellipse(center, radii, angle, ((1, 0.16, 0.0), (2, 0.03, 0.5)))
    body.fluid(pear, wall=6)
    if happens(body.look, 0.25):
        at = Axes(center, angle).at(0.4 * half, 0.5 * radii[1])
        stone(body, at, between(body.look, 0.25, 0.5))
    gas(body, (center[0] + 3.2, center[1] + 2.2), 1.0, 0.3)


def _kidney_at(body: Body, axes: Axes) -> None:
    """Dark cortex, darker pyramids, bright sinus; the kidney's size is the axes' scale."""
    long, short = axes.scale
    outline = body.ellipse(axes.center, axes.scale, axes.angle, ((2, 0.03, 0.5),))
    body.fill(outline, -6 + body.uneven(outline, 0.5, 1.0), KIDNEY)
    body.edge(outline, 6)
    for turn in np.linspace(0, 2 * np.pi, 9, endpoint=False):
        place = axes.at(0.68 * float(np.cos(turn)), 0.64 * float(np.sin(turn)))
        body.fill(body.ellipse(place, (0.45, 0.4)), -14, KIDNEY, soft=0.1)
    waves = ripples(body.look, (3, 5), 0.12)
    sinus = body.ellipse(axes.center, (0.58 * long, 0.36 * short), axes.angle, waves)
    body.fill(sinus, 9 + body.uneven(sinus, 0.3, 2.0), soft=0.15)
    if happens(body.look, 0.3):
        pelvis = (between(body.look, 0.2, 0.4) * long, 0.12 * short)
        body.fluid(body.ellipse(axes.center, pelvis, axes.angle), DARK + 8)


def _kidney(body: Body) -> None:
    """The kidney along, behind liver, spleen or bowel."""
    background(body, -2, 1.0, 2.0)
    top = belly_wall(body)
    half = between(body.shape, 4.4, 5.8)
    scale = (half, half * between(body.shape, 0.43, 0.5))
    center = (normal(body.shape, 0, 0.6), top + 1.0 + scale[1] + between(body.shape, 0, 2.0))
    angle = normal(body.shape, 0, 0.25)
    cover = body.below(top).within(body.above(center[1], 0.1))
    body.fill(cover, between(body.look, -1, 2) + body.uneven(cover, 0.8, 1.5))
    _kidney_at(body, Axes(center, angle, scale))


def _liver(body: Body) -> None:
    """Hepatic veins running together, portal branches with bright walls, the diaphragm."""
    background(body, 0, 1.0, 1.2)
    trunk = (normal(body.shape, 0.5, 0.8), 0.72 * body.depth_cm)
    dome = (trunk[0] * 0.5, 3.0), (11.5, 0.74 * body.depth_cm - 2.6)
    diaphragm(body, *dome)
    for x in (-4.5, 0.3, 4.5):
        end = (x + normal(body.shape, 0, 0.8), 0.33 * body.depth_cm)
        bend = (0.5 * (trunk[0] + end[0]) + normal(body.shape, 0, 0.5), 0.5 * (trunk[1] + end[1]))
        vessel(body, [trunk, bend, end], between(body.shape, 0.22, 0.42), 0.0)
    scattered_vessels(body, 3, 3.0)
    if happens(body.look, 0.3):
        place = (normal(body.look, -4, 0.6), 0.62 * body.depth_cm)
        _kidney_at(body, Axes(place, 0.3, (3.6, 1.8)))
    belly_wall(body)


def _spleen(body: Body) -> None:
    """A crescent under the diaphragm, evenly grained, with vessels at its inner side."""
    background(body, -8, 1.2, 2.5)
    top = belly_wall(body)
    half = between(body.shape, 4.4, 5.8)
    radii = (half, half * between(body.shape, 0.42, 0.5))
    angle = normal(body.shape, 0.25, 0.15)
    center = (normal(body.shape, 0, 0.5), top + 1.0 + radii[1])
    at = Axes(center, angle, radii)
    outline = body.ellipse(center, radii, angle)
    hollow = body.ellipse(at.at(0.1, 1.15), (0.75 * half, 0.7 * radii[1]), angle)
    crescent = outline.without(hollow)
    dome = body.ellipse(at.at(0, 0.3), (1.15 * half, 1.4 * radii[1]), angle).shell(0.12)
    body.fill(dome.without(body.half_plane(at.at(-0.75), angle)), 12)
    body.edge(crescent, 7)
    body.fill(crescent, 1 + body.uneven(crescent, 0.8, 0.8))
    _hilum(body, crescent, at)
    if happens(body.look, 0.35):
        _kidney_at(body, Axes(at.at(0.3, 2.2), angle + 0.3, (3.8, 1.8)))
    gas(body, at.at(-0.95, 0.4), 1.0, angle)


def _hilum(body: Body, crescent: Region, at: Axes) -> None:
    for along in (-0.15, 0.2):
        ends = [at.at(along, 0.7), at.at(along + 0.08, 0.1)]
        body.fluid(body.tube(ends, 0.18).within(crescent), DARK + 8, tissue=BLOOD)
