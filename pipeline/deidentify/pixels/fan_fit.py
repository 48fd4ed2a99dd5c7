"""The fan of a sector: the one that parts light from dark best around what is lit for certain.

Dark tissue at an edge leaves the fan as it is, where a convex hull loses it. What looking for lit
areas has worn off the edges grows back from the speckle there.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.fan import EDGES, X0, X1, Fan, Mask, Numbers
from pipeline.io.images import Image

# Where the search for the apex begins: across in widths from the middle of what is lit, up in
# heights above its top. It goes on around the best of them, in steps that become smaller.
STARTS_ACROSS = (-0.2, -0.1, -0.04, 0.0, 0.04, 0.1, 0.2)
STARTS_UP = (0.01, 0.05, 0.12, 0.25, 0.5, 1.0, 2.0, 5.0, 50.0)
STEPS, STEP_ACROSS, STEP_UP, ROUNDS, SMALLER = (-2, -1, 0, 1, 2), 0.02, 0.25, 8, 0.6
# Up is searched as a logarithm, so that a step means as much near the sector as far away.
LEAST_UP, MOST_UP = -10.0, 6.0
# Pixels are counted on so many rows. Of the upper ends of columns every so many serve the search.
ROWS, COLUMN_STEP = 64, 4
# The best fan has the most pixels with speckle less this share of all its pixels, and of fans that
# hardly differ the one with the highest apex: by so much, as a share of the width, for each e-fold.
DARK_WEIGHT, HIGHER = 0.6, 0.002
# Looking for lit areas wears edges and tips away. An edge moves out again by at most this share of
# the sector's depth, while this share of each next row of pixels along it shows speckle.
LARGEST_STEP, SPECKLED_SHARE = 0.15, 0.3
# It moves on as far as faint speckle fills this share of the rows, more than any text could.
FAINT_SHARE = 0.6
# So many rows beyond an edge are looked at together, at so many points of each at most.
BAND, POINTS = 4, 256
# A row of fewer points, or less than so many pixels long, tells nothing.
SHORTEST_ROW = 8
# The light has not faded at a side where speckle fills so large a share of so many stretches of
# the strip along it, which is so many pixels wide.
STRIP, STRETCHES, WALL_SHARE, WALL_STRETCHES = 6, 8, 0.9, 3
NOT_MOVED = np.zeros(len(EDGES))


def _pairs(across: npt.ArrayLike, up: npt.ArrayLike) -> tuple[Numbers, Numbers]:
    """Return all pairs of two lists of numbers, as two lists `_C`."""
    first, second = np.meshgrid(across, up)
    return first.ravel(), second.ravel()


STARTS_C, STEPS_C = _pairs(STARTS_ACROSS, np.log(STARTS_UP)), _pairs(STEPS, STEPS)


def convex_hull(lit_HW: Image) -> npt.NDArray[np.int32]:
    """Return the corners (x, y) of the convex hull of what is lit (1), as OpenCV orders them."""
    # The ends of its rows have the same hull as all of its points, which are far more.
    rows = np.flatnonzero(lit_HW.any(axis=1))
    lit = lit_HW[rows]
    first = lit.view(bool).argmax(axis=1)
    last = lit.shape[1] - 1 - cv2.flip(lit, 1).view(bool).argmax(axis=1)
    ends = np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1)
    return np.asarray(cv2.convexHull(ends.astype(np.int32)), np.int32)


class _Fans(NamedTuple):
    """The smallest fans with `C` apexes: a column of numbers each, as in `Fan`."""

    x: Numbers
    y: Numbers
    left: Numbers
    right: Numbers
    inner: Numbers
    outer: Numbers


class _Lit:
    """What is lit for certain, as the few points that decide a fan, and the speckle in its box."""

    def __init__(self, lit_HW: Image, speckle_HW: Mask) -> None:
        x0, y0, width, height = cv2.boundingRect(lit_HW)
        self.box = float(x0), float(y0), float(x0 + width - 1), float(y0 + height - 1)
        self.hull = convex_hull(lit_HW)
        self.columns, self.rows = self.hull.reshape(-1, 2).astype(np.float64).T
        filled = np.flatnonzero(lit_HW.any(axis=0))
        self.top_columns = filled.astype(np.float64)
        # Along rows, NumPy stops where the first is found.
        first = cv2.transpose(lit_HW).view(bool).argmax(axis=1)
        self.top_rows = first[filled].astype(np.float64)
        self.lines = np.rint(np.linspace(y0, y0 + height - 1, ROWS))
        speckle = speckle_HW[self.lines.astype(np.intp), x0 : x0 + width]
        self.counted = np.zeros((ROWS, width + 1), np.intp)
        speckle.cumsum(axis=1, out=self.counted[:, 1:])
        self.starts = np.arange(ROWS) * (width + 1)

    def apexes(self, across_C: Numbers, up_C: Numbers) -> tuple[Numbers, Numbers]:
        """Return column and row `_C1` of apexes, from shares of the width and logarithms."""
        x0, y0, x1, y1 = self.box
        x = (x0 + x1) / 2 + across_C * (x1 - x0)
        y = y0 - np.exp(_limited(up_C)) * (y1 - y0)
        return x[:, None], y[:, None]

    def fans(self, apexes: tuple[Numbers, Numbers], step: int) -> _Fans:
        """Return the smallest fan with each apex, from every `step`-th column's upper end."""
        x, y = apexes
        columns, rows = self.columns - x, self.rows - y
        slope = columns / rows
        top = (self.top_columns[::step] - x) ** 2 + (self.top_rows[::step] - y) ** 2
        return _Fans(
            x,
            y,
            np.arctan(slope.min(axis=1, keepdims=True)),
            np.arctan(slope.max(axis=1, keepdims=True)),
            np.sqrt(top.min(axis=1, keepdims=True)),
            np.sqrt((columns**2 + rows**2).max(axis=1, keepdims=True)),
        )

    def gains(self, fans: _Fans) -> Numbers:
        """Return the pixels with speckle less a share of all pixels `_C`, per row and width."""
        x0, _, x1, _ = self.box
        down = self.lines - fans.y
        chord, hole = (
            np.sqrt(np.maximum(radius**2 - down**2, 0)) for radius in (fans.outer, fans.inner)
        )
        first = np.maximum(np.maximum(down * np.tan(fans.left), -chord), x0 - fans.x)
        last = np.minimum(np.minimum(down * np.tan(fans.right), chord), x1 - fans.x)
        # Where the fan lies beyond the box, a row is empty at its edge.
        first = np.minimum(first, x1 - fans.x)
        last = np.maximum(first, last)
        hole_first = np.minimum(np.maximum(-hole, first), last)
        hole_last = np.minimum(np.maximum(hole, first), last)
        # All ends at once: the arrays are small, and NumPy takes its time for each.
        ends = np.array([last, hole_last, hole_first, first])
        column = np.rint(ends + fans.x - x0).astype(np.intp)
        total = self.counted.take(column + self.starts) - DARK_WEIGHT * ends
        gain = total[0] - total[1] + total[2] - total[3]
        return np.asarray(gain.sum(axis=1) / ROWS / (x1 - x0 + 1))


def _limited(up_C: Numbers) -> Numbers:
    # As `np.clip`, which takes ten times as long for so few.
    return np.asarray(np.minimum(np.maximum(up_C, LEAST_UP), MOST_UP))


def _best(lit: _Lit) -> Fan:
    (across, up), (steps_across, steps_up) = STARTS_C, STEPS_C
    for size in [*SMALLER ** np.arange(ROUNDS), 0.0]:
        gains = lit.gains(lit.fans(lit.apexes(across, up), COLUMN_STEP))
        best = int((gains + HIGHER * _limited(up)).argmax())
        across = across[best] + size * STEP_ACROSS * steps_across
        up = up[best] + size * STEP_UP * steps_up
    found = lit.fans(lit.apexes(across[:1], up[:1]), 1)
    x, y, left, right, inner, outer = (float(value[0, 0]) for value in found)
    return Fan(x, y, left, right, inner, outer, *lit.box)


def _has_wall(fan: Fan, edge: int, speckle_HW: Mask) -> bool:
    """Return whether the light does not fade out at the left or right side of the rectangle."""
    height, width = speckle_HW.shape
    side = np.arange(STRIP)
    columns = side + int(fan.x0) if edge == X0 else int(fan.x1) - side[::-1]
    columns = columns[(columns >= 0) & (columns < width)]
    inside = fan.within(columns.astype(np.float64), np.arange(float(height))[:, None], NOT_MOVED)
    # Row after row, so that these are stretches of the side.
    strip = speckle_HW[:, columns][inside]
    stretches = [part for part in np.array_split(strip, STRETCHES) if part.size]
    full = [part for part in stretches if np.count_nonzero(part) / part.size >= WALL_SHARE]
    return len(full) >= WALL_STRETCHES


def _freed(fan: Fan, speckle_HW: Mask) -> Fan:
    """Drop a left or right side at which the light fades out: no wall cuts the fan there."""
    return fan._replace(
        x0=fan.x0 if _has_wall(fan, X0, speckle_HW) else -np.inf,
        x1=fan.x1 if _has_wall(fan, X1, speckle_HW) else np.inf,
    )


class _Surroundings:
    """The speckle beyond the edges of a fan."""

    def __init__(self, fan: Fan, speckle_HW: Mask, faint_HW: Mask) -> None:
        self.fan = fan
        self.speckle, self.faint = (np.ascontiguousarray(shown) for shown in (speckle_HW, faint_HW))
        self.limit = max(4, round(LARGEST_STEP * (fan.outer - fan.inner)))

    def reach(self, edge: int, reach: Numbers) -> int:
        """Return by how many pixels an edge moves out from where it has moved already."""
        moved = 0
        while True:
            steps = np.arange(moved, moved + BAND)
            filled = self._filled(edge, reach, steps)
            if not filled.all():
                return moved + int(filled.argmin())
            moved += BAND

    def _filled(self, edge: int, reach: Numbers, steps: npt.NDArray[np.intp]) -> Mask:
        """Return which of the next rows of pixels speckle fills, or faint speckle."""
        columns, rows = self.fan.beyond(edge, reach[edge] + steps + 0.5, POINTS)
        limits = reach.copy()
        limits[edge] = np.inf
        inside = self.fan.within(columns, rows, limits)
        x, y = np.rint(columns).astype(np.intp), np.rint(rows).astype(np.intp)
        height, width = self.speckle.shape
        seen = (x >= 0) & (y >= 0) & (x < width) & (y < height) & inside
        total = seen.sum(axis=1)
        place = np.where(seen, y * width + x, 0)

        def share(shown: Mask) -> Numbers:
            lit = (shown.take(place) & seen).sum(axis=1)
            return np.asarray(lit / np.maximum(total, 1), np.float64)

        filled = (share(self.speckle) >= SPECKLED_SHARE) & (steps < self.limit)
        filled |= share(self.faint) >= FAINT_SHARE
        return np.asarray(filled & (total >= SHORTEST_ROW))


class FittedFan(NamedTuple):
    """The fan around what is lit for certain, and its mask `_HW` with edges moved out.

    `hull` are the corners (x, y) of the convex hull of what is lit.
    """

    fan: Fan
    mask: Mask
    hull: npt.NDArray[np.int32]


def fit_fan(lit_HW: Image, speckle_HW: Mask, faint_HW: Mask) -> FittedFan:
    """Return the best fan around what is lit (1 or 0), fitted to speckle.

    `lit_HW` must show something and is free of text. `speckle_HW` and the darker `faint_HW` are
    exact at the edges, but text beyond them looks like speckle too.
    """
    lit = _Lit(lit_HW, speckle_HW)
    fan = _freed(_best(lit), speckle_HW)
    around = _Surroundings(fan, speckle_HW, faint_HW)
    reach = NOT_MOVED.copy()
    # How far each edge reached when it last stopped before what is dark.
    stopped: dict[int, Numbers] = {}
    # Twice, because an edge hides what lies beyond another.
    for edge in (*EDGES, *EDGES):
        if not fan.cuts(edge) or (edge in stopped and (stopped[edge] == reach).all()):
            continue
        moved = around.reach(edge, reach)
        reach[edge] += moved
        if moved < around.limit:
            stopped[edge] = reach.copy()
    return FittedFan(fan, fan.mask(reach, *lit_HW.shape), lit.hull)
