"""Breast under a linear probe: normal, or with one benign or malignant lesion.

Which signs there are, and which way they point, follows Stavros et al., Radiology 1995;196:123; the
shares are rounded, and some are our assumption: high enough to be learnt from few images.
"""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body, Ripple
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.ribs import rib
from pipeline.simulate.anatomy.spicules import TIP, Core, spiculated, spicules, tufts
from pipeline.simulate.anatomy.texture import fibres
from pipeline.simulate.anatomy.tissue import (
    DIM,
    fleck,
    inside,
    skin_and_fat,
)
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BONE, CARTILAGE, FAT, FIBROUS, GLAND, MUSCLE

# Share of lesions that are spiculated or angular, and mean height over width.
SPICULATED = {"benign": 0.08, "malignant": 0.8}
HEIGHT_TO_WIDTH = {"benign": (0.62, 0.14), "malignant": (1.0, 0.22)}
SHADOW_BEHIND = {"benign": 0.06, "malignant": 0.6}
BRIGHT_BEHIND = {"benign": 0.6, "malignant": 0.12}
HALO = {"benign": 0.06, "malignant": 0.45}
CAPSULE = {"benign": 0.7, "malignant": 0.05}
CALCIFICATIONS = {"benign": 0.06, "malignant": 0.3}
VERY_DARK = {"benign": 0.25, "malignant": 0.7}
CYST = 0.2
# How often a rib is in view, and is cartilage.
RIB, COSTAL_CARTILAGE = 0.5, 0.3
# Half widths of spicules that belong to a mass and of strands around it, of its mean radius; the
# share of strands that are bright.
THICK, THIN, BRIGHT_STRAND = 0.16, 0.06, 0.4
# Fat that lies in gland: hardly an interface around it.
LOBULE = replace(FAT, impedance=1.58)


def breast(body: Body) -> None:
    """Paint a breast; the finding is benign, malignant or normal. Mask 1 is the lesion."""
    fascia = _layers(body)
    if body.finding != "normal":
        _lesion(body, fascia)


def _layers(body: Body) -> float:
    """Paint skin, fat, gland and chest wall; return the depth where the gland starts."""
    gland = body.whole()
    body.fill(gland, 3 + body.uneven(gland, 0.5, 1.6) + body.uneven(gland, 0.18, 1.2), GLAND)
    top = normal(body.shape, 0.7, 0.15)
    chest = normal(body.shape, 3.15, 0.2)
    for _ in range(int(body.look.integers(2, 6))):
        place = (
            between(body.look, -1, 1) * body.half_width,
            between(body.look, top + 0.2, chest - 0.2),
        )
        radii = (between(body.look, 0.25, 0.7), between(body.look, 0.1, 0.25))
        lobule = body.ellipse(place, radii, normal(body.look, 0, 0.25))
        body.fill(lobule, DIM + 3, LOBULE, soft=0.1)
    back = body.below(
        chest - between(body.look, 0.15, 0.5), normal(body.look, 0, 0.04), _swell(body)
    )
    body.fill(back, DIM, FAT)
    muscle = body.below(chest, normal(body.look, 0, 0.06), _swell(body))
    body.fill(muscle, fibres(body, muscle), MUSCLE)
    body.edge(muscle, 6)
    if happens(body.look, RIB):
        place = (between(body.look, -1, 1) * body.half_width, chest + between(body.look, 0.2, 0.4))
        tissue = CARTILAGE if happens(body.look, COSTAL_CARTILAGE) else BONE
        rib(body, place, between(body.look, 0.5, 0.8), tissue)
    fascia = skin_and_fat(body, top)
    for _ in range(int(body.look.integers(1, 4))):
        x = between(body.look, -1, 1) * body.half_width
        ligament = [(x, fascia), (x + normal(body.look, 0, 0.2), fascia - 0.45 * top)]
        shading = replace(FIBROUS, attenuation=5.0) if happens(body.look, 0.3) else FIBROUS
        body.fill(body.tube(ligament, 0.025), 6, shading)
    return fascia


def _swell(body: Body) -> tuple[Ripple, ...]:
    """Return the waves of a fascia."""
    return tuple(
        (
            cycles * between(body.look, 0.7, 1.3),
            between(body.look, 0.02, 0.07),
            between(body.look, 0, 6),
        )
        for cycles in (1.5, 4.0)
    )


def _lesion(body: Body, fascia: float) -> None:
    """Largest diameter 0.6 to 2.4 cm, in the gland."""
    aspect = normal(body.shape, *HEIGHT_TO_WIDTH[body.finding])
    long = normal(body.shape, 0.65, 0.17)
    radii = (long / max(1.0, aspect), long * min(1.0, aspect))
    center = (
        between(body.shape, -0.55, 0.55) * body.half_width,
        fascia + 0.15 + radii[1] + between(body.shape, 0, 1) * max(0.0, 1.5 - radii[1]),
    )
    tilt = normal(body.shape, 0, 0.15)
    if happens(body.shape, SPICULATED[body.finding]):
        mass = _spiculated(body, center, radii, tilt)
    else:
        mass = body.ellipse(center, radii, tilt, ripples(body.shape, (2, 3), 0.05))
        if body.sign(HALO):
            _halo(body, mass)
    _inside(body, mass, center, radii)
    body.label(mass, 1)


def _spiculated(body: Body, center: Point, radii: Point, tilt: float) -> Region:
    """Paint what surrounds a spiculated mass; return the mass with its thick spicules.

    Halo and thin strands are no part of the mass, as those who outline lesions leave them out.
    """
    directions = tufts(body.shape)
    core = Core(center, radii, tilt, ripples(body.shape, (2, 3, 4, 6), 0.09))
    thick = spicules(body.shape, core, directions, int(body.shape.integers(3, 11)), THICK)
    mass = spiculated(body, core, thick)
    if body.sign(HALO):
        _halo(body, mass)
    for each in spicules(body.look, core, directions, int(body.look.integers(3, 13)), THIN):
        echo = between(body.look, 6, 10) if happens(body.look, BRIGHT_STRAND) else -5
        body.paint(body.tube(each.points, each.width, TIP * each.width), echo, soft=0.04)
    return mass


def _halo(body: Body, mass: Region) -> None:
    """The bright zone of tissue that the mass grows into, of uneven thickness."""
    thick_HW = np.float32(0.1) + body.uneven(mass, 0.35, 0.06)
    halo = Region(mass.window, mass.distance_HW - thick_HW)
    body.fill(halo, 7 + body.uneven(mass, 0.25, 1.5), soft=0.1)


def _inside(body: Body, mass: Region, center: Point, radii: Point) -> None:
    dark = between(body.look, 16, 21) if body.sign(VERY_DARK) else between(body.look, 10, 15)
    capsule, flecks = body.sign(CAPSULE), body.sign(CALCIFICATIONS)
    shadow, bright = body.sign(SHADOW_BEHIND), body.sign(BRIGHT_BEHIND)
    cyst = happens(body.look, CYST) and body.finding == "benign"
    if capsule:
        body.edge(mass, 7, half=0.025)
    soft = 0.02 if body.finding == "benign" else 0.05
    body.fill(mass, 3 - body.contrast(dark) + body.uneven(mass, 0.2, 2.5), soft=soft)
    if cyst:
        body.fluid(mass, 3 + body.contrast(DARK - 3) + 4)
    for _ in range(5 if flecks else 0):
        fleck(body, inside(body.look, center, radii, 0.8), 0.03)
    if shadow and not cyst:
        body.attenuate(mass, 0.6 + body.contrast(0.8))
    elif bright or cyst:
        body.attenuate(mass, 0.5 - body.contrast(0.3))
