"""Strokes side by side, of one height and one brightness: candidates for a line of text."""

from typing import NamedTuple

import numpy as np

from pipeline.deidentify.pixels.evidence import NAMES, Crowd, Groups, evidence_of
from pipeline.deidentify.pixels.stroke_maps import Indices, StrokeMaps
from pipeline.deidentify.pixels.strokes import Numbers, Strokes

# Sharpness and contrast of ink; what has only the weaker may join a line but not begin one.
SHARP, CONTRAST = 0.8, 38
WEAKLY_SHARP, WEAK_CONTRAST = 0.5, 28
# Neighbours in a line: gap in letter heights, difference of brightness in grey levels.
GAP, LEVEL_DIFFERENCE, HEIGHT_RATIO = 1.7, 50, 2.2
# A line so many times as high as its letters is none, but branching flow may look so.
TALLEST = 3.0
# Fainter than this is noise whatever its shape.
LEAST_INK = 1.0


class Lines(NamedTuple):
    """Candidates: boxes `_L4` (x0, y0, x1, y1), heights of their letters, what speaks for text."""

    boxes: Numbers
    letter_height: Numbers
    evidence: Numbers


def _inky(strokes: Strokes) -> Strokes:
    return strokes.where((strokes.sharpness >= WEAKLY_SHARP) & (strokes.contrast >= WEAK_CONTRAST))


def _neighbours(strokes: Strokes) -> tuple[Indices, Indices]:
    """Return strong strokes, and for each all of its map that may overlap half of it in height."""
    strong = np.flatnonzero((strokes.sharpness >= SHARP) & (strokes.contrast >= CONTRAST))
    # So far apart that no stroke reaches into the next map.
    apart = 2 * HEIGHT_RATIO * strokes.y1.max(initial=0)
    middle = (strokes.y0 + strokes.y1) / 2 + np.ceil(apart) * strokes.map
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


def find_lines(strokes: Strokes, maps: StrokeMaps) -> Lines:
    """Return the candidates among the components of stroke maps."""
    strokes = _inky(strokes)
    number, inked = _line_numbers(strokes), ink(strokes)
    enough = np.bincount(number, inked) >= LEAST_INK
    members = np.flatnonzero(enough[number])
    if not len(members):
        return Lines(np.empty((0, 4)), np.empty(0), np.empty((0, len(NAMES))))
    members = members[np.argsort(number[members], kind="stable")]
    lines = Groups((enough.cumsum() - 1)[number[members]])
    chosen = strokes.where(members)
    boxes = [
        lines.least(chosen.x0),
        lines.least(chosen.y0),
        lines.most(chosen.x1),
        lines.most(chosen.y1),
    ]
    letter = lines.median(chosen.height)
    evidence = evidence_of(chosen, letter, inked[members], lines, Crowd(maps))
    found = Lines(np.stack(boxes, axis=1), letter, np.stack(list(evidence.values()), 1))
    low = boxes[3] - boxes[1] <= TALLEST * found.letter_height
    return Lines(*(values[low] for values in found))
