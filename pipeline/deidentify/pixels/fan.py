"""The shape of an insonated sector: the smallest fan around what is lit.

A fan lies between two rays from an apex and two arcs around it, cut by the rectangle around what
is lit. With the apex far above it is the rectangle of a linear probe, near it the sector of a
curved or phased one. Dark tissue at an edge leaves the fan as it is, where a convex hull loses it.
"""

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from pipeline.io.images import Image

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
# Where the search for the apex begins: across in widths from the middle of what is lit, up in
# heights above its top. It goes on from the best of them.
STARTS_ACROSS = (-0.2, -0.1, -0.04, 0.0, 0.04, 0.1, 0.2)
STARTS_UP = (0.01, 0.05, 0.12, 0.25, 0.5, 1.0, 2.0, 5.0, 50.0)
SEARCHES = 90
# Area is counted on a grid of so many points a side.
GRID = 40
# Looking for lit areas wears edges and tips away. An edge moves out again by at most this share of
# the sector's depth, while this share of each next row of pixels along it shows speckle.
LARGEST_STEP, SPECKLED_SHARE = 0.15, 0.3
# It moves on as far as faint speckle fills this share of the rows, more than any text could.
FAINT_SHARE = 0.6
# The light has not faded at a side where speckle fills so large a share of so many stretches of
# the strip along it, which is so many pixels wide.
SIDES, STRIP, STRETCHES, WALL_SHARE, WALL_STRETCHES = ("x0", "x1"), 6, 8, 0.9, 3
# A shorter row of pixels tells nothing.
SHORTEST_ROW = 8


class Fan(NamedTuple):
    """Apex in pixels, angles from straight down in radians, radii in pixels, and a rectangle."""

    x: float
    y: float
    left: float
    right: float
    inner: float
    outer: float
    x0: float
    y0: float
    x1: float
    y1: float

    def outside(self, columns: Numbers, rows: Numbers) -> list[Numbers]:
        """Return how far, in pixels, points lie beyond each of the eight edges."""
        angle, radius = np.arctan2(columns - self.x, rows - self.y), self.radius(columns, rows)
        return [
            (self.left - angle) * radius,
            (angle - self.right) * radius,
            self.inner - radius,
            radius - self.outer,
            self.y0 - rows + 0 * columns,
            self.x0 - columns + 0 * rows,
            columns - self.x1 + 0 * rows,
            rows - self.y1 + 0 * columns,
        ]

    def radius(self, columns: Numbers, rows: Numbers) -> Numbers:
        """Return the distance of points from the apex."""
        return np.hypot(columns - self.x, rows - self.y)


def convex_hull(lit_HW: Image) -> npt.NDArray[np.int32]:
    """Return the corners (x, y) of the convex hull of what is lit, as OpenCV orders them."""
    # The ends of its rows have the same hull as all of its points, which are far more.
    rows = np.flatnonzero(lit_HW.any(axis=1))
    lit = lit_HW[rows] > 0
    first, last = lit.argmax(axis=1), lit.shape[1] - 1 - lit[:, ::-1].argmax(axis=1)
    ends = np.stack([np.concatenate([first, last]), np.concatenate([rows, rows])], axis=1)
    return np.asarray(cv2.convexHull(ends.astype(np.int32)), np.int32)


class _Lit:
    """What is lit, as the few points that decide a fan, and its rectangle."""

    def __init__(self, lit_HW: Image) -> None:
        x0, y0, width, height = cv2.boundingRect(lit_HW)
        self.box = float(x0), float(y0), float(x0 + width - 1), float(y0 + height - 1)
        outline = convex_hull(lit_HW).reshape(-1, 2).astype(np.float64)
        self.columns, self.rows = outline.T
        filled = np.flatnonzero(lit_HW.any(axis=0))
        self.top_columns = filled.astype(np.float64)
        self.top_rows = lit_HW.argmax(axis=0)[filled].astype(np.float64)
        self.grid_columns = np.linspace(x0, x0 + width - 1, GRID)[None]
        self.grid_rows = np.linspace(y0, y0 + height - 1, GRID)[:, None]

    def fan(self, x: float, y: float) -> Fan:
        """Return the smallest fan with this apex."""
        angle = np.arctan2(self.columns - x, self.rows - y)
        outer = np.hypot(self.columns - x, self.rows - y).max()
        inner = np.hypot(self.top_columns - x, self.top_rows - y).min()
        sides = float(angle.min()), float(angle.max())
        return Fan(x, y, *sides, float(inner), float(outer), *self.box)

    def share(self, fan: Fan) -> float:
        """Return which share of the rectangle a fan fills."""
        columns, rows = self.grid_columns, self.grid_rows
        angle, radius = np.arctan2(columns - fan.x, rows - fan.y), fan.radius(columns, rows)
        inside = (angle >= fan.left) & (angle <= fan.right)
        return float((inside & (radius >= fan.inner) & (radius <= fan.outer)).mean())


def _smallest(lit: _Lit) -> Fan:
    x0, y0, x1, y1 = lit.box

    def fan(place: Numbers) -> Fan:
        across, up = place
        # Up is a logarithm, so that a step means as much near the sector as far away.
        apex_up = float(np.exp(np.clip(up, -10, 6))) * (y1 - y0)
        return lit.fan((x0 + x1) / 2 + across * (x1 - x0), y0 - apex_up)

    def size(place: Numbers) -> float:
        return lit.share(fan(place))

    starts = [np.array([across, np.log(up)]) for across in STARTS_ACROSS for up in STARTS_UP]
    best = min(starts, key=size)
    simplex = best + np.array([[0, 0], [0.03, 0], [0, 0.3]])
    options = {"initial_simplex": simplex, "maxfev": SEARCHES, "xatol": 1e-3, "fatol": 1e-4}
    return fan(np.asarray(minimize(size, best, method="Nelder-Mead", options=options).x))


def _freed(fan: Fan, speckle_HW: Mask) -> Fan:
    """Drop a left or right side at which the light fades out: no wall cuts the fan there."""
    rows = np.arange(speckle_HW.shape[0], dtype=np.float64)[:, None]
    columns = np.arange(speckle_HW.shape[1], dtype=np.float64)[None]
    outside = fan.outside(columns, rows)
    inside = np.logical_and.reduce([distance <= 0 for distance in outside])
    walls = {}
    for name, distance, free in zip(SIDES, outside[5:7], (-np.inf, np.inf), strict=True):
        strip = speckle_HW[inside & (distance > -STRIP)]
        # Row after row, so that these are stretches of the side.
        stretches = [part.mean() for part in np.array_split(strip, STRETCHES) if part.size]
        if sum(share >= WALL_SHARE for share in stretches) < WALL_STRETCHES:
            walls[name] = free
    return fan._replace(**walls)


def _shares(step: npt.NDArray[np.intp], shown: Mask, total: Numbers) -> Numbers:
    lit = np.bincount(step, shown, minlength=len(total))
    return np.asarray(np.where(total >= SHORTEST_ROW, lit / np.maximum(total, 1), 0.0))


def _reach(beyond: Numbers, speckle: Mask, faint: Mask, limit: int) -> int:
    """Return by how many pixels an edge moves out, from how far each pixel lies beyond it."""
    if not len(beyond):
        return 0
    step = np.ceil(beyond).astype(np.intp) - 1
    total = np.bincount(step).astype(np.float64)
    near = np.arange(len(total)) < limit
    filled = (_shares(step, speckle, total) >= SPECKLED_SHARE) & near
    filled |= _shares(step, faint, total) >= FAINT_SHARE
    gaps = np.flatnonzero(~filled)
    return int(gaps[0]) if len(gaps) else len(total)


def fit_fan(lit_HW: Image, speckle_HW: Mask, faint_HW: Mask) -> Mask:
    """Return the mask `_HW` of the smallest fan around what is lit (1 or 0), fitted to speckle.

    `lit_HW` must show something and is free of text. `speckle_HW` and the darker `faint_HW` are
    exact at the edges, but text beyond them looks like speckle too.
    """
    fan = _freed(_smallest(_Lit(lit_HW)), speckle_HW)
    height, width = lit_HW.shape
    limit = max(4, round(LARGEST_STEP * (fan.outer - fan.inner)))
    outside = fan.outside(
        np.arange(width, dtype=np.float64)[None], np.arange(height, dtype=np.float64)[:, None]
    )
    reach = [0] * len(outside)
    beyond = np.stack([distance > 0 for distance in outside])
    violations = beyond.sum(axis=0, dtype=np.uint8)
    # Twice, because an edge hides what lies beyond another.
    for edge in [*range(len(outside))] * 2:
        candidates = beyond[edge] & (violations == 1)
        distances = outside[edge][candidates] - reach[edge]
        moved = _reach(distances, speckle_HW[candidates], faint_HW[candidates], limit)
        if moved:
            reach[edge] += moved
            violations -= beyond[edge]
            beyond[edge] = outside[edge] > reach[edge]
            violations += beyond[edge]
    return np.asarray(violations == 0)
