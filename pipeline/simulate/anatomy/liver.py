"""Liver with one focal lesion: hepatocellular carcinoma or haemangioma.

A haemangioma is mostly bright, sharp and even, often with enhancement; a carcinoma mostly sits in a
cirrhotic liver, dark when small and mixed when large, often with a halo (Harvey and Albrecht, Eur
Radiol 2001;11:1578). The shares are our assumption; both have atypical cases.
"""

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import (
    background,
    belly_wall,
    diaphragm,
    inside,
    scattered_vessels,
)
from pipeline.simulate.shapes import Point

HCC, HAEMANGIOMA = "hepatocellular_carcinoma", "haemangioma"
BRIGHT = {HCC: 0.15, HAEMANGIOMA: 0.85}
HALO = {HCC: 0.5, HAEMANGIOMA: 0.08}
MOSAIC = {HCC: 0.55, HAEMANGIOMA: 0.15}
CIRRHOSIS = {HCC: 0.75, HAEMANGIOMA: 0.12}
# Share of cirrhotic livers with fluid before them.
ASCITES = 0.4
ENHANCEMENT = {HCC: 0.3, HAEMANGIOMA: 0.7}
RADIUS = {HCC: (2.0, 0.6), HAEMANGIOMA: (1.5, 0.4)}


def liver_lesion(body: Body) -> None:
    """Paint a liver with one lesion; mask 1 is the lesion."""
    cirrhosis = body.sign(CIRRHOSIS)
    background(body, 0, 1.0, 1.0)
    if cirrhosis:
        _coarsen(body)
    dome = (
        (normal(body.look, 0, 1.0), 3.5),
        (11.0, body.depth_cm - 3.5 - between(body.look, 1, 2.5)),
    )
    diaphragm(body, *dome)
    scattered_vessels(body, int(body.look.integers(2, 6)), 3.5)
    top = belly_wall(body)
    radius = max(0.6, normal(body.shape, *RADIUS[body.finding]))
    center = (
        normal(body.shape, 0, 1.3),
        top + 1.1 + radius + between(body.shape, 0, 1) * (body.depth_cm - top - 2 * radius - 3.8),
    )
    waves = ripples(body.shape, (2, 3, 5), 0.06 if body.finding == HCC else 0.035)
    squeeze = normal(body.shape, 0.93, 0.06)
    lesion = body.ellipse(center, (radius, squeeze * radius), normal(body.shape, 0, 0.5), waves)
    _paint(body, lesion, center, radius)
    if happens(body.look, ASCITES) and cirrhosis:
        body.fluid(body.above(top + between(body.look, 0.5, 1.0)).without(body.above(top)))
    body.label(lesion, 1)


def _coarsen(body: Body) -> None:
    """Nodules of cirrhosis, 0.3 to 1 cm, as bright and dark patches."""
    whole = body.whole()
    nodules = body.uneven(whole, 0.9, 2.4) + body.uneven(whole, 0.35, 1.8)
    body.scene.echo_HW += nodules * np.float32(body.contrast(1) / body.difficulty.spread)


def _paint(body: Body, lesion: Region, center: Point, radius: float) -> None:
    bright, halo, mosaic = body.sign(BRIGHT), body.sign(HALO), body.sign(MOSAIC)
    enhanced = body.sign(ENHANCEMENT)
    difference = between(body.look, 7, 12) if bright else -between(body.look, 7, 12)
    patches = body.uneven(lesion, 0.35 * radius, 1.0) * (body.contrast(3.0) if mosaic else 0.8)
    if halo:
        body.edge(lesion, -body.contrast(13), half=0.13)
    body.fill(lesion, body.contrast(difference) + patches, soft=0.08)
    if mosaic:
        for _ in range(2):
            part = body.ellipse(inside(body.look, center, (radius, radius), 0.5), (0.3, 0.22))
            body.fill(part.within(lesion), DARK / 2, soft=0.1)
    if enhanced:
        body.attenuate(lesion, 0.5 - body.contrast(0.25))
