"""Strokes side by side, of one height and one brightness: candidates for a line of text."""

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.strokes import Numbers, Strokes
from pipeline.io.images import Image

Indices = npt.NDArray[np.intp]
# Sharpness and contrast of ink; what has only the weaker may join a line but not begin one.
SHARP, CONTRAST = 0.8, 38
WEAKLY_SHARP, WEAK_CONTRAST = 0.5, 28
# Neighbours in a line: gap in letter heights, difference of brightness in grey levels.
GAP, LEVEL_DIFFERENCE, HEIGHT_RATIO = 1.7, 50, 2.2
# Fainter than this is noise whatever its shape.
LEAST_INK = 1.0
COLOURED = 50  # chroma of flow, in grey levels
EVIDENCE = 12  # numbers that speak for or against text


class Lines(NamedTuple):
    """Candidates: boxes `_L4` (x0, y0, x1, y1), heights of their letters, what speaks for text."""

    boxes: Numbers
    letter_height: Numbers
    evidence: Numbers


def _inky(strokes: Strokes) -> Strokes:
    return strokes.where((strokes.sharpness >= WEAKLY_SHARP) & (strokes.contrast >= WEAK_CONTRAST))


def _neighbours(strokes: Strokes) -> tuple[Indices, Indices]:
    """Return strong strokes, and for each all strokes that may overlap half of it in height."""
    strong = np.flatnonzero((strokes.sharpness >= SHARP) & (strokes.contrast >= CONTRAST))
    middle = (strokes.y0 + strokes.y1) / 2
    order = np.argsort(middle, kind="stable")
    # Half the height of the higher one, which is limited by the lower one's.
    reach = HEIGHT_RATIO / 2 * strokes.height[strong]
    first = np.searchsorted(middle[order], middle[strong] - reach, side="left")
    counts = np.searchsorted(middle[order], middle[strong] + reach, side="right") - first
    near = np.repeat(strong, counts)
    place = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts - first, counts)
    return near, order[place]


def _line_numbers(strokes: Strokes) -> Indices:
    """Return the number of each stroke's line: that of the first stroke in it."""
    near, other = _neighbours(strokes)

    def pairs(values: Numbers) -> tuple[Numbers, Numbers]:
        return values[near], values[other]

    heights, tops, bottoms = pairs(strokes.height), pairs(strokes.y0), pairs(strokes.y1)
    higher, lower = np.maximum(*heights), np.minimum(*heights)
    overlap = np.minimum(*bottoms) - np.maximum(*tops)
    gap = np.maximum(*pairs(strokes.x0)) - np.minimum(*pairs(strokes.x1))
    joined = (
        (overlap >= 0.5 * lower)
        & (overlap >= 0.35 * higher)
        & (gap <= GAP * higher)
        & (higher <= HEIGHT_RATIO * lower)
        & (np.abs(np.subtract(*pairs(strokes.peak))) <= LEVEL_DIFFERENCE)
    )
    return _connected(near[joined], other[joined], len(strokes.x0))


def _connected(near: Indices, other: Indices, size: int) -> Indices:
    """Return for each of `size` strokes the first one that pairs connect it with.

    SciPy's graphs take far longer to be built than so few strokes to be searched.
    """
    first = np.arange(size)
    while True:
        least = np.minimum(first[near], first[other])
        shared = first.copy()
        np.minimum.at(shared, near, least)
        np.minimum.at(shared, other, least)
        shared = shared[shared]
        if (shared == first).all():
            return first
        first = shared


def ink(strokes: Strokes) -> Numbers:
    """Return how much each stroke looks like a letter: sharp, contrasting, crossed by its rows."""
    sharp = np.clip((strokes.sharpness - 0.7) / 0.3, 0, 1)
    contrasting = np.clip((strokes.contrast - 30) / 60, 0, 1)
    shape = np.clip(strokes.runs, 0, 6) * np.clip(2 * strokes.width / strokes.height, 0.3, 1)
    return np.asarray(sharp * contrasting * shape)


class _Crowd:
    """How many stroke pixels there are in rectangles."""

    def __init__(self, strokes_HW: Image) -> None:
        self.sums = cv2.integral(strokes_HW)

    def density(self, x0: Numbers, y0: Numbers, x1: Numbers, y1: Numbers) -> Numbers:
        """Return the share of stroke pixels in each rectangle, 0 where it has no area."""
        left, right = x0.astype(np.intp), x1.astype(np.intp)
        last = self.sums.shape[0] - 1
        top, bottom = (np.clip(y, 0, last).astype(np.intp) for y in (y0, y1))
        sums = self.sums
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        area = (bottom - top) * (right - left)
        return np.where(area > 0, total / np.maximum(area, 1), 0.0)


class _Groups:
    """Strokes line by line: reduces values of strokes `_N` to values of lines `_L`."""

    def __init__(self, number_N: Indices) -> None:
        self.number = number_N
        self.counts = np.bincount(number_N)
        self.starts = self.counts.cumsum() - self.counts

    def sum(self, values: Numbers) -> Numbers:
        """Return the sum within each line."""
        return np.bincount(self.number, values)

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
        return (ordered[low] + ordered[high]) / 2

    def deviation(self, values: Numbers) -> Numbers:
        """Return the standard deviation within each line."""
        around = values - (self.sum(values) / self.counts)[self.number]
        return np.sqrt(self.sum(around * around) / self.counts)


def _measured(strokes: Strokes, inked: Numbers, lines: _Groups, crowd: _Crowd) -> Lines:
    """Return lines, with what speaks for or against text in the order of `text.WEIGHTS`."""
    letter = lines.median(strokes.height)
    top, bottom = lines.median(strokes.y0), lines.median(strokes.y1)
    tolerance = np.maximum(1.0, 0.12 * letter)[lines.number]
    aligned = (np.abs(strokes.y0 - top[lines.number]) <= tolerance) | (
        np.abs(strokes.y1 - bottom[lines.number]) <= tolerance
    )
    weights = strokes.edge / lines.sum(strokes.edge)[lines.number]

    def average(values: npt.NDArray[Any]) -> Numbers:
        return lines.sum(weights * values)

    left, right = lines.least(strokes.x0), lines.most(strokes.x1)
    first, last = np.floor(top), np.floor(bottom)
    margin = np.maximum(2, np.rint(0.35 * letter))
    above = crowd.density(left, first - 1 - margin, right, first - 1)
    below = crowd.density(left, last + 1, right, last + 1 + margin)
    within = np.maximum(crowd.density(left, first, right, last), 0.02)
    uneven = lines.deviation(strokes.height) / letter
    hue = average(strokes.hue)
    apart = (strokes.hue - hue[lines.number]) ** 2
    motley = np.sqrt(np.maximum(average(strokes.hue_spread + apart), 0))
    coloured = average(strokes.chroma) > COLOURED
    crossings = lines.sum(np.clip(strokes.runs, 0.5, 8))
    evidence = [
        np.log(lines.sum(inked)),
        np.log(crossings),
        np.minimum(average(strokes.sharpness), 1.2),
        average(aligned),
        np.minimum(lines.deviation(strokes.peak) / average(strokes.contrast), 0.4),
        np.minimum(uneven, 0.6),
        np.log(np.maximum((right - left) / letter, 0.5)),
        np.minimum(average(strokes.flatness), 0.5),
        np.minimum((above + below) / 2 / within, 2.0),
        np.minimum(uneven, 0.5) * coloured,
        np.minimum(motley / 40, 1.0) * np.minimum(uneven, 0.5) * coloured,
        np.log(crossings * letter / (right - left)),
    ]
    boxes = [left, lines.least(strokes.y0), right, lines.most(strokes.y1)]
    return Lines(np.stack(boxes, axis=1), letter, np.stack(evidence, axis=1))


def find_lines(strokes: Strokes, strokes_HW: Image) -> Lines:
    """Return the candidates among the components of a stroke map."""
    strokes = _inky(strokes)
    number, inked = _line_numbers(strokes), ink(strokes)
    enough = np.bincount(number, inked) >= LEAST_INK
    members = np.flatnonzero(enough[number])
    if not len(members):
        return Lines(np.empty((0, 4)), np.empty(0), np.empty((0, EVIDENCE)))
    members = members[np.argsort(number[members], kind="stable")]
    lines = _Groups((enough.cumsum() - 1)[number[members]])
    return _measured(strokes.where(members), inked[members], lines, _Crowd(strokes_HW))
