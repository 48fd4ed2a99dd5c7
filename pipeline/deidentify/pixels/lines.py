"""Strokes side by side, of one height and one brightness: candidates for a line of text."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from pipeline.deidentify.pixels.strokes import Numbers, Strokes
from pipeline.io.images import Image

LOWEST = 4  # the lowest letter, in pixels
# A stroke of letters written together is wider than high, an `l` is higher than wide.
WIDEST, SLIMMEST = 14, 9
SPARSEST = 0.12  # share of its box that a stroke fills; a diagonal line fills less
# Sharpness and contrast of ink; what has only the weaker may join a line but not begin one.
SHARP, CONTRAST = 0.8, 38
WEAKLY_SHARP, WEAK_CONTRAST = 0.5, 28
# Neighbours in a line: gap in letter heights, difference of brightness in grey levels.
GAP, LEVEL_DIFFERENCE, HEIGHT_RATIO = 1.7, 50, 2.2
# Fainter than this is noise whatever its shape.
LEAST_INK = 1.0
COLOURED = 50  # chroma of flow, in grey levels


class Line(NamedTuple):
    """A candidate: its box (x1, y1 exclusive), the height of its letters, what speaks for text."""

    x0: int
    y0: int
    x1: int
    y1: int
    letter_height: float
    evidence: Numbers


def _letter_like(strokes: Strokes, highest: float) -> Strokes:
    width, height = strokes.width, strokes.height
    return strokes.where(
        (height >= LOWEST)
        & (height <= highest)
        & (width <= WIDEST * height)
        & (height <= SLIMMEST * width)
        & (strokes.area >= SPARSEST * width * height)
        & (strokes.sharpness >= WEAKLY_SHARP)
        & (strokes.contrast >= WEAK_CONTRAST)
    )


def _lines(strokes: Strokes) -> npt.NDArray[np.intp]:
    """Return the number of each stroke's line; strokes that belong to none have their own."""
    strong = np.flatnonzero((strokes.sharpness >= SHARP) & (strokes.contrast >= CONTRAST))

    def pairs(values: Numbers) -> Numbers:
        return values[strong][:, None]

    height = strokes.height
    higher = np.maximum(pairs(height), height)
    lower = np.minimum(pairs(height), height)
    overlap = np.minimum(pairs(strokes.y1), strokes.y1) - np.maximum(pairs(strokes.y0), strokes.y0)
    gap = np.maximum(pairs(strokes.x0), strokes.x0) - np.minimum(pairs(strokes.x1), strokes.x1)
    near, other = np.nonzero(
        (overlap >= 0.5 * lower)
        & (overlap >= 0.35 * higher)
        & (gap <= GAP * higher)
        & (higher <= HEIGHT_RATIO * lower)
        & (np.abs(pairs(strokes.peak) - strokes.peak) <= LEVEL_DIFFERENCE)
    )
    size = len(height)
    links = coo_matrix((np.ones(len(near), bool), (strong[near], other)), (size, size))
    number: npt.NDArray[np.intp] = connected_components(links, directed=False)[1]
    return number


def ink(strokes: Strokes) -> Numbers:
    """Return how much each stroke looks like a letter: sharp, contrasting, crossed by its rows."""
    sharp = np.clip((strokes.sharpness - 0.7) / 0.3, 0, 1)
    contrasting = np.clip((strokes.contrast - 30) / 60, 0, 1)
    shape = np.clip(strokes.runs, 0, 6) * np.clip(2 * strokes.width / strokes.height, 0.3, 1)
    return np.asarray(sharp * contrasting * shape)


class _Crowd:
    """How many stroke pixels there are in any rectangle."""

    def __init__(self, strokes_HW: Image) -> None:
        self.sums = cv2.integral(strokes_HW)

    def density(self, x0: int, y0: int, x1: int, y1: int) -> float:
        y0, y1 = max(y0, 0), min(y1, self.sums.shape[0] - 1)
        if y0 >= y1 or x0 >= x1:
            return 0.0
        sums = self.sums
        total = int(sums[y1, x1]) - int(sums[y0, x1]) - int(sums[y1, x0]) + int(sums[y0, x0])
        return total / ((y1 - y0) * (x1 - x0))


def _median(values: Numbers) -> float:
    """Return what NumPy's median does; that spends ten times as long on a handful of values."""
    ordered, middle = np.sort(values), len(values) // 2
    return float(
        ordered[middle] if len(values) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    )


def _deviation(values: Numbers) -> float:
    """Return NumPy's standard deviation, for the same reason."""
    around = values - values.sum() / len(values)
    return math.sqrt((around * around).sum() / len(values))


def _evidence(strokes: Strokes, inked: Numbers, crowd: _Crowd) -> Numbers:
    """Return what speaks for or against text, in the order of the weights in `text.py`."""
    letter = _median(strokes.height)
    top, bottom = _median(strokes.y0), _median(strokes.y1)
    tolerance = max(1.0, 0.12 * letter)
    aligned = np.maximum(
        np.abs(strokes.y0 - top) <= tolerance, np.abs(strokes.y1 - bottom) <= tolerance
    )
    weights = strokes.edge / strokes.edge.sum()
    contrast = float(weights @ strokes.contrast)
    left, right = int(strokes.x0.min()), int(strokes.x1.max())
    first, last, margin = int(top), int(bottom), max(2, round(0.35 * letter))
    above = crowd.density(left, first - 1 - margin, right, first - 1)
    below = crowd.density(left, last + 1, right, last + 1 + margin)
    within = max(crowd.density(left, first, right, last), 0.02)
    uneven = _deviation(strokes.height) / letter
    hue = float(weights @ strokes.hue)
    motley = float(np.sqrt(weights @ (strokes.hue_spread + (strokes.hue - hue) ** 2)))
    coloured = float(weights @ strokes.chroma) > COLOURED
    return np.array(
        [
            np.log(inked.sum()),
            np.log(np.clip(strokes.runs, 0.5, 8).sum()),
            min(float(weights @ strokes.sharpness), 1.2),
            weights @ aligned,
            min(_deviation(strokes.peak) / contrast, 0.4),
            min(uneven, 0.6),
            np.log(max((right - left) / letter, 0.5)),
            min(float(weights @ strokes.flatness), 0.5),
            min((above + below) / 2 / within, 2.0),
            min(uneven, 0.5) * coloured,
            min(motley / 40, 1.0) * min(uneven, 0.5) * coloured,
            np.log(np.clip(strokes.runs, 0.5, 8).sum() * letter / (right - left)),
        ]
    )


def find_lines(strokes: Strokes, strokes_HW: Image, highest: float) -> Iterator[Line]:
    """Yield the candidates among the components of a stroke map, with letters up to `highest`."""
    letters = _letter_like(strokes, highest)
    if not len(letters.x0):
        return
    crowd, inked, number = _Crowd(strokes_HW), ink(letters), _lines(letters)
    for line in np.flatnonzero(np.bincount(number, inked) >= LEAST_INK):
        members = np.flatnonzero(number == line)
        chosen = letters.where(members)
        yield Line(
            int(chosen.x0.min()),
            int(chosen.y0.min()),
            int(chosen.x1.max()),
            int(chosen.y1.max()),
            _median(chosen.height),
            _evidence(chosen, inked[members], crowd),
        )
