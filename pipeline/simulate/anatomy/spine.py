"""The spinal cord along its length after injury, seen through the opened vertebral arch.

Cord 0.7 to 0.9 cm deep, canal 1.3 to 1.7 cm; blood and swelling are bright in fresh injury
(Soubeyrand et al., Spine J 2014; intraoperative ultrasound).
"""

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.texture import fibres
from pipeline.simulate.anatomy.tissue import FLESH, fleck, inside

CYST = 0.25


def spinal_cord(body: Body) -> None:
    """Paint cord, fluid, dura and vertebrae; the finding is injury. Mask 1 is the injury."""
    muscle = body.whole()
    body.fill(muscle, fibres(body, muscle) - 3, FLESH)
    saline = between(body.shape, 0.3, 0.9)
    body.fluid(body.above(saline, waves=((2.0, 0.05, between(body.look, 0, 6)),)), DARK + 4)
    depth, slope = saline + between(body.shape, 0.85, 1.1), normal(body.shape, 0, 0.06)
    bend = np.float32(normal(body.shape, 0, 0.05)) * body.x_HW**2
    off_HW = body.y_HW - np.float32(depth) - np.float32(slope) * body.x_HW - bend
    off_HW = off_HW.astype(np.float32)
    half_cord, half_canal = normal(body.shape, 0.4, 0.04), normal(body.shape, 0.68, 0.05)
    behind = Region(body.everywhere, np.float32(half_canal) - off_HW)
    body.fill(behind, -8)
    canal = Region(body.everywhere, np.abs(off_HW) - np.float32(half_canal))
    body.fluid(canal, DARK + 6)
    body.edge(canal, 8, half=0.03)
    cord = Region(body.everywhere, np.abs(off_HW) - np.float32(half_cord))
    body.fill(cord, -10 + body.uneven(cord, 0.25, 1.2))
    body.edge(cord, 4)
    body.edge(Region(body.everywhere, off_HW), -4)
    pace = between(body.look, 1.4, 1.8)
    for x in np.arange(-4.0, 4.1, pace) + between(body.look, -0.5, 0.5):
        y = depth + slope * x + half_canal + 0.28
        body.bone(body.ellipse((float(x), float(y)), (0.42 * pace, 0.2), slope), 12)
    _injury(body, cord, depth, slope, half_cord)


def _injury(body: Body, cord: Region, depth: float, slope: float, half_cord: float) -> None:
    x = between(body.shape, -0.55, 0.55) * body.half_width
    center = (x, depth + slope * x + normal(body.shape, 0, 0.08))
    radii = (between(body.shape, 0.3, 0.7), between(body.shape, 0.2, 0.95 * half_cord))
    waves = ripples(body.shape, (2, 3, 5, 7), 0.08)
    injury = body.ellipse(center, radii, slope, waves).within(cord)
    bright = -10 + body.contrast(between(body.look, 7, 14))
    body.fill(injury, bright + body.uneven(injury, 0.12, 2.0), soft=0.05)
    for _ in range(4):
        fleck(body, inside(body.look, center, radii, 1.6), 0.03, 0.0)
    if happens(body.look, CYST):
        place = inside(body.look, center, radii, 0.4)
        body.fluid(body.ellipse(place, (0.3 * radii[0], 0.3 * radii[1])), DARK / 2)
    body.label(injury, 1)
