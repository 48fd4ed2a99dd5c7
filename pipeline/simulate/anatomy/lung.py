"""Lung between two ribs: healthy, with the pattern of COVID-19 pneumonia, or another disease.

The signs follow Volpicelli et al., Intensive Care Med 2012;38:577 and Soldati et al., J Ultrasound
Med 2020;39:1413; their shares are our assumption. A-lines repeat at the depth of the pleura.
"""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.ribs import rib
from pipeline.simulate.anatomy.texture import fibres
from pipeline.simulate.anatomy.tissue import inside, skin_and_fat
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import LUNG_SOLID, MUSCLE

A_LINES = {"healthy": 0.93, "covid": 0.3, "other": 0.4}
RAGGED_PLEURA = {"healthy": 0.07, "covid": 0.75, "other": 0.45}
SMALL_CONSOLIDATIONS = {"healthy": 0.03, "covid": 0.5, "other": 0.2}
LARGE_CONSOLIDATION = {"healthy": 0.01, "covid": 0.1, "other": 0.6}
EFFUSION = {"healthy": 0.01, "covid": 0.07, "other": 0.5}
# Share of views into which liver or spleen rise from below.
DIAPHRAGM = 0.6
# What shows below the pleura of a healthy lung is a haze of echoes that went to and fro.
AERATED = replace(LUNG_SOLID, echo=-17.0, attenuation=0.65, impedance=0.5)
# Bubbles in an airway reflect, but let most of the sound pass.
AIRWAY = replace(LUNG_SOLID, impedance=1.2, attenuation=2.0)
# Mean number of B-lines in view; up to two are normal.
B_LINES = {"healthy": 0.6, "covid": 3.5, "other": 1.5}
# Disease is patchy: so many pictures of a diseased lung show a part that it spared.
SPARED = {"healthy": 0.01, "covid": 0.15, "other": 0.15}


def lung(body: Body) -> None:
    """Paint chest wall and lung; the finding is healthy, covid or other. Mask 1 is the lung."""
    wall = body.skin_cm + normal(body.shape, 1.9, 0.4)
    slope, bend = normal(body.shape, 0, 0.04), between(body.shape, -0.01, 0.02)
    depth_HW = np.float32(wall) + np.float32(slope) * body.x_HW + np.float32(bend) * body.x_HW**2
    field = Region(body.everywhere, depth_HW - body.wall_HW)
    body.fill(field, -17, AERATED)
    if body.sign(SPARED):
        body.finding = "healthy"
    ragged, a_lines = body.sign(RAGGED_PLEURA), body.sign(A_LINES)
    solid = _disease(body, field, wall)
    strength = 30 + (body.uneven(field, 0.5, 5.0) - 4 if ragged else np.zeros_like(body.x_HW))
    layer = Region(body.everywhere, body.wall_HW - depth_HW)
    body.fill(layer, fibres(body, layer), MUSCLE)
    body.edge(field, 6, half=0.05)
    body.interface(field, strength)
    skin_and_fat(body, wall - normal(body.look, 1.2, 0.12))
    # Sound that enters solid lung or fluid does not return to the pleura.
    if a_lines and not solid:
        body.reverberate(field, 13 - body.contrast(8))
    for _ in range(int(body.look.poisson(B_LINES[body.finding]))):
        _b_line(body, wall, slope)
    floor = _diaphragm(body)
    _ribs(body, wall)
    body.label(field if floor is None else field.without(floor), 1)


def _ribs(body: Body, wall: float) -> None:
    """Two ribs, their front faces 0.5 to 0.9 cm above the pleura: the bat sign."""
    gap, middle = between(body.look, 2.4, 3.6), normal(body.look, 0, 0.5)
    for place in (middle - gap, middle + gap):
        width, top = between(body.look, 0.55, 0.8), wall - between(body.look, 0.5, 0.9)
        rib(body, (place, body.wall_at(place, top)), width)


def _b_line(body: Body, wall: float, slope: float) -> None:
    """A comet tail from the pleura to the bottom of the image, without fading."""
    x = between(body.look, -0.3, 0.3) * body.depth_cm
    width, strength = between(body.look, 0.04, 0.14), body.contrast(between(body.look, 2, 9))
    body.comet_tail((x, body.wall_at(x, wall + slope * x)), width, strength)


def _disease(body: Body, field: Region, wall: float) -> bool:
    """Paint what disease leaves; return whether fluid or solid lung lies below the pleura."""
    small, large = body.sign(SMALL_CONSOLIDATIONS), body.sign(LARGE_CONSOLIDATION)
    effusion = body.sign(EFFUSION)
    if effusion:
        thick = np.float32(between(body.look, 0.8, 2.5))
        fluid = Region(field.window, np.maximum(field.distance_HW, -field.distance_HW - thick))
        body.fluid(fluid, DARK + 8)
        body.interface(field.grown(-float(thick)), 24)
    if large:
        _consolidation(body, field, wall)
    for _ in range(3 if small else 0):
        x = between(body.look, -0.22, 0.22) * body.depth_cm
        place = (x, body.wall_at(x, wall + 0.3))
        radii = (between(body.look, 0.3, 0.7), between(body.look, 0.2, 0.45))
        spot = body.ellipse(place, radii, 0, ripples(body.look, (3, 5), 0.1)).within(field)
        body.fill(spot, -8, LUNG_SOLID)
    return effusion or large


def _consolidation(body: Body, field: Region, wall: float) -> None:
    """A solid, liver-like part of the lung with bright air bronchograms and a shred-like edge."""
    radii = (between(body.look, 1.8, 3.2), between(body.look, 1.3, 2.3))
    x = normal(body.look, 0, 0.7)
    center = (x, body.wall_at(x, wall + 0.7 * radii[1]))
    solid = body.ellipse(center, radii, 0, ripples(body.look, (2, 3, 5, 7), 0.06)).within(field)
    body.fill(solid, -4 + body.uneven(solid, 0.6, 1.5), LUNG_SOLID)
    for _ in range(7):
        _bronchogram(body, inside(body.look, center, radii, 0.7))


def _bronchogram(body: Body, place: Point) -> None:
    angle = between(body.look, 0.8, 2.3)
    end = (place[0] + 0.4 * float(np.cos(angle)), place[1] + 0.4 * float(np.sin(angle)))
    body.fill(body.tube([place, end], between(body.look, 0.04, 0.09)), 9, AIRWAY)


def _diaphragm(body: Body) -> Region | None:
    """Paint the liver or spleen below the lung, where the view has it."""
    if not happens(body.shape, DIAPHRAGM):
        return None
    top = between(body.shape, 0.45, 0.85) * body.depth_cm
    dome = body.ellipse((normal(body.shape, 0, 2.5), top + 7.0), (9.0, 7.0))
    body.fill(dome, -2 + body.uneven(dome, 0.8, 1.5))
    body.interface(dome, 26)
    return dome
