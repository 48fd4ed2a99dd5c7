"""Texture that tissue has besides speckle: strands of muscle, walls between lobules of fat.

It is random in place, length and strength, so that no picture shows a pattern, and never finer
than the pixels can show.
"""

import numpy as np

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.draws import between
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Field

# Echo level of muscle between its strands, and how much these stand out, dB.
MUSCULAR, STRANDS = -7.0, 3.0
# The fewest pixels from strand to strand, and how many times longer than wide strands are.
FINEST, LONG = 2.5, 9.0
# Mean echo of fat's septa that face the probe and how it varies along them, dB; no echo at all.
SEPTA, BROKEN, HIDDEN = 8.0, 5.0, -80.0
# How many times wider than high lobules of fat are.
FLAT = 2.5


def fibres(body: Body, region: Region, slope: float = 0.0) -> Field:
    """Return the echo of muscle over a shape: strands along the body wall, or at a slope."""
    fine = max(0.015 * body.depth_cm * between(body.look, 0.8, 1.2), FINEST * body.pixel_cm)
    x_HW = body.x_HW[region.window]
    down_HW = (body.wall_HW[region.window] - np.float32(slope) * x_HW) * np.float32(1 / fine)
    strands_HW = body.grain(x_HW * np.float32(1 / (LONG * fine)), down_HW)
    return np.float32(MUSCULAR) + np.float32(STRANDS) * strands_HW


def septa(body: Body, layer: Region, high: float) -> None:
    """Paint the bright walls between lobules of fat that are about `high` cm high.

    They are thin mirrors, seen best where they lie across the beam, and lie where a smooth random
    field crosses zero.
    """
    pace = np.float32(1 / high)
    across_HW = body.x_HW[layer.window] * (pace / np.float32(FLAT))
    field_HW = body.grain(across_HW, body.wall_HW[layer.window] * pace) * np.float32(high)
    strength_HW = np.float32(SEPTA) + body.uneven(layer, 2 * high, BROKEN)
    strength_HW[layer.distance_HW > -np.float32(0.25 * high)] = HIDDEN
    body.interface(Region(layer.window, field_HW), strength_HW)
