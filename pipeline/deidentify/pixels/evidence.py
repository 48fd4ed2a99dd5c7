"""What speaks for or against text in a candidate line, from its strokes and their surroundings."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.stroke_maps import Indices, StrokeMaps
from pipeline.deidentify.pixels.strokes import Numbers, Strokes

# Margins above and below a line in which strokes speak against text, in letter heights and at
# least so many pixels.
MARGIN, LEAST_MARGIN = 0.35, 2
COLOURED = 50  # chroma of flow, in grey levels
# In the order of `evidence_of` and of the weights that were fitted to it.
NAMES = (
    "ink",
    "crossings",
    "crossings_per_length",
    "strokes",
    "sharpness",
    "uneven_sharpness",
    "aligned",
    "uneven_peak",
    "uneven_height",
    "length",
    "letter_height",
    "letter_width",
    "line_height",
    "flatness",
    "thickness",
    "uneven_thickness",
    "filled",
    "contrast",
    "uneven_contrast",
    "contrast_of_peak",
    "chroma",
    "uneven_chroma",
    "hue",
    "motley",
    "crowded_above_and_below",
    "crowded_beside",
)


class Crowd:
    """How many stroke pixels there are in rectangles of stroke maps."""

    def __init__(self, maps: StrokeMaps) -> None:
        _, self.rows, width = maps.strokes.shape
        self.sums = cv2.integral(maps.strokes.reshape(-1, width))
        self.areas_G4 = maps.areas_G4

    def density(
        self, map_L: Indices, x0: Numbers, y0: Numbers, x1: Numbers, y1: Numbers
    ) -> Numbers:
        """Return the share of stroke pixels in each rectangle, 0 where it has no area.

        Rectangles `_L` or `_NL` are each of one map, and end with what of it was searched.
        """
        left, top, right, bottom = self.areas_G4[map_L].T
        first, last = (_within(x, left, right) for x in (x0, x1))
        above = self.rows * map_L
        upper, lower = (above + _within(y, top, bottom) for y in (y0, y1))
        sums = self.sums
        total = sums[lower, last] - sums[upper, last] - sums[lower, first] + sums[upper, first]
        area = (lower - upper) * (last - first)
        return np.asarray(np.where(area > 0, total / np.maximum(area, 1), 0.0))


def _within(places: Numbers, first: Indices, last: Indices) -> Indices:
    return np.minimum(np.maximum(places, first), last).astype(np.intp)


class Groups:
    """Strokes line by line: reduces values of strokes `_N` to values of lines `_L`."""

    def __init__(self, number_N: Indices) -> None:
        self.number = number_N
        self.counts = np.bincount(number_N)
        self.starts = self.counts.cumsum() - self.counts

    def sum(self, values: Numbers) -> Numbers:
        """Return the sum within each line."""
        return np.bincount(self.number, values).astype(np.float64, copy=False)

    def least(self, values: Numbers) -> Numbers:
        """Return the smallest value within each line."""
        return np.asarray(np.minimum.reduceat(values, self.starts))

    def most(self, values: Numbers) -> Numbers:
        """Return the largest value within each line."""
        return np.asarray(np.maximum.reduceat(values, self.starts))

    def median(self, values: Numbers) -> Numbers:
        """Return the median within each line."""
        ordered = values[np.lexsort((values, self.number))]
        low, high = self.starts + (self.counts - 1) // 2, self.starts + self.counts // 2
        return np.asarray((ordered[low] + ordered[high]) / 2)

    def deviation(self, values: Numbers) -> Numbers:
        """Return the standard deviation within each line."""
        around = values - (self.sum(values) / self.counts)[self.number]
        return np.sqrt(self.sum(around * around) / self.counts)


def evidence_of(
    strokes: Strokes, letter: Numbers, inked: Numbers, lines: Groups, crowd: Crowd
) -> dict[str, Numbers]:
    """Return what is known of each line `_L`, by name.

    `letter_L` is the height of its letters, `inked_N` tells how much a stroke is ink.
    """
    left, right = lines.least(strokes.x0), lines.most(strokes.x1)
    top, bottom = lines.median(strokes.y0), lines.median(strokes.y1)
    whole_height = lines.most(strokes.y1) - lines.least(strokes.y0)
    area, edge = lines.sum(strokes.area), lines.sum(strokes.edge)
    weights = strokes.edge / edge[lines.number]

    def average(values: npt.NDArray[Any]) -> Numbers:
        return lines.sum(weights * values)

    contrast, peak = average(strokes.contrast), average(strokes.peak)
    crossings = lines.sum(np.clip(strokes.runs, 0.5, 8))
    chroma, hue = average(strokes.chroma), average(strokes.hue)
    # What is nearly grey has a hue by rounding alone.
    colourful = np.minimum(chroma / COLOURED, 1.0)
    motley = average(strokes.hue_spread + (strokes.hue - hue[lines.number]) ** 2)
    return {
        "ink": np.log(lines.sum(inked)),
        "crossings": np.log(crossings),
        "crossings_per_length": np.log(crossings * letter / (right - left)),
        "strokes": np.log(lines.counts),
        "sharpness": np.minimum(average(strokes.sharpness), 1.2),
        "uneven_sharpness": lines.deviation(strokes.sharpness),
        "aligned": average(_aligned(strokes, letter, lines, top, bottom)),
        "uneven_peak": np.minimum(lines.deviation(strokes.peak) / contrast, 0.4),
        "uneven_height": np.minimum(lines.deviation(strokes.height) / letter, 0.6),
        "length": np.log(np.maximum((right - left) / letter, 0.5)),
        "letter_height": np.log(letter),
        "letter_width": np.log(np.maximum(lines.median(strokes.width) / letter, 0.05)),
        "line_height": np.log(whole_height / letter),
        "flatness": np.minimum(average(strokes.flatness), 0.5),
        "thickness": np.log(area / edge),
        "uneven_thickness": lines.deviation(strokes.area / strokes.edge) * edge / area,
        "filled": area / ((right - left) * whole_height),
        "contrast": contrast / 100,
        "uneven_contrast": lines.deviation(strokes.contrast) / contrast,
        "contrast_of_peak": contrast / np.maximum(peak, 1),
        "chroma": chroma / 100,
        "uneven_chroma": lines.deviation(strokes.chroma) / 50,
        "hue": hue / 255 * colourful,
        "motley": np.sqrt(np.maximum(motley, 0)) / 40 * colourful,
        **_crowded((left, top, right, bottom), letter, strokes.map[lines.starts], crowd),
    }


def _aligned(
    strokes: Strokes, letter: Numbers, lines: Groups, top: Numbers, bottom: Numbers
) -> npt.NDArray[np.bool_]:
    """Return which strokes stand on the line's base or reach the height of its letters."""
    tolerance = np.maximum(1.0, 0.12 * letter)[lines.number]
    return np.asarray(
        (np.abs(strokes.y0 - top[lines.number]) <= tolerance)
        | (np.abs(strokes.y1 - bottom[lines.number]) <= tolerance)
    )


def _crowded(
    edges: tuple[Numbers, Numbers, Numbers, Numbers], letter: Numbers, map_L: Indices, crowd: Crowd
) -> dict[str, Numbers]:
    """Return how many strokes lie around each line: letters stand between empty margins.

    `edges` are its left, top, right and bottom in its map.
    """
    left, top, right, bottom = edges
    first, last = np.floor(top), np.floor(bottom)
    margin, side = np.maximum(LEAST_MARGIN, np.rint(MARGIN * letter)), np.rint(letter)
    # All at once: there are few lines, and NumPy takes its time for each small array.
    above, below, before, after, within = crowd.density(
        map_L,
        np.array([left, left, left - 1 - side, right + 1, left]),
        np.array([first - 1 - margin, last + 1, first, first, first]),
        np.array([right, right, left - 1, right + 1 + side, right]),
        np.array([first - 1, last + 1 + margin, last, last, last]),
    )
    within = np.maximum(within, 0.02)
    return {
        "crowded_above_and_below": np.minimum((above + below) / 2 / within, 2.0),
        "crowded_beside": (before + after) / 2,
    }
