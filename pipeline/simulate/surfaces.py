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


class Surface(NamedTuple):
    """The pixels (flat indices) next to an outline, with their share of its echo."""

    pixels: npt.NDArray[np.intp]
    weight: Map


def seen(cosine: Map) -> Map:
    """Return the share of a surface's echo that comes back, by the cosine of beam and normal."""
    sine2 = 1 - np.minimum(cosine, 1) ** 2
    specular = np.exp(-sine2 / np.float32(2 * SPREAD**2))
    return ROUGHNESS + np.float32(1 - ROUGHNESS) * specular


def near(distance_HW: Map, reach: float) -> npt.NDArray[np.intp]:
    """Return the pixels (flat indices) where the distance is below `reach`, inside or out."""
    return np.flatnonzero(np.abs(distance_HW) < np.float32(reach))


def surface(distance_HW: Map, direction: tuple[Map, Map], pixels: npt.NDArray[np.intp]) -> Surface:
    """Return the outline of a shape, one pixel thick, as the beams see it.

    `distance_HW` may be any field that is 0 on the outline and smooth around it; only `pixels`
    are looked at. `direction` is `Probe.direction`.
    """
    height, width = distance_HW.shape
    flat = distance_HW.ravel()
    rows, columns = np.divmod(pixels, width)
    right = flat[pixels + (columns < width - 1)] - flat[pixels - (columns > 0)]
    below = flat[pixels + width * (rows < height - 1)] - flat[pixels - width * (rows > 0)]
    slope = np.sqrt(right * right + below * below) + np.float32(1e-12)
    # Central differences span two pixels: the outline is |d| / (slope / 2) pixels away.
    weight = 1 - 2 * np.abs(flat[pixels]) / slope
    on = np.flatnonzero(weight > 0)
    pixels, slope, rows, columns = pixels[on], slope[on], rows[on], columns[on]
    across, down = (each[rows, columns] for each in direction)
    cosine = np.abs(right[on] * across + below[on] * down) / slope
    return Surface(pixels, weight[on] * seen(cosine))
