"""Specular reflection: how much of a thin surface's echo comes back to the probe."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.simulate.probes import Map

# Standard deviation of the sine of the angle at which a surface is still seen: half aperture
# (F-number 2 gives 14 degrees), roughness and spatial compounding together.
SPREAD = 0.3
# What a rough surface sends back at any angle, share of the amplitude.
ROUGHNESS = 0.06


Pixels = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]


class Surface(NamedTuple):
    """The pixels (rows, columns) next to an outline, with their share of its echo."""

    pixels: Pixels
    weight: Map


def seen(cosine: Map) -> Map:
    """Return the share of a surface's echo that comes back, by the cosine of beam and normal."""
    sine2 = np.maximum(1 - cosine * cosine, np.float32(0))
    specular = np.exp(sine2 * np.float32(-1 / (2 * SPREAD**2)))
    return np.asarray(ROUGHNESS + np.float32(1 - ROUGHNESS) * specular, np.float32)


def near(distance_HW: Map, reach: float) -> Pixels:
    """Return the pixels where the distance is below `reach`, inside or out; none of the border."""
    rows, columns = (np.abs(distance_HW[1:-1, 1:-1]) < np.float32(reach)).nonzero()
    return rows + 1, columns + 1


def surface(distance_HW: Map, direction: tuple[Map, Map], pixels: Pixels) -> Surface:
    """Return the outline of a shape, one pixel thick, as the beams see it.

    `distance_HW` may be any field that is 0 on the outline and smooth around it; only `pixels`
    are looked at. `direction` is `Probe.direction`.
    """
    width = distance_HW.shape[1]
    flat = distance_HW.ravel()
    place = pixels[0] * width + pixels[1]
    right = flat[place + 1] - flat[place - 1]
    below = flat[place + width] - flat[place - width]
    slope = np.sqrt(right * right + below * below) + np.float32(1e-12)
    # Central differences span two pixels: the outline is |d| / (slope / 2) pixels away.
    weight = 1 - 2 * np.abs(flat[place]) / slope
    on = (weight > 0).nonzero()[0]
    pixels = pixels[0][on], pixels[1][on]
    cosine = (right[on] * direction[0][pixels] + below[on] * direction[1][pixels]) / slope[on]
    return Surface(pixels, weight[on] * seen(cosine))
