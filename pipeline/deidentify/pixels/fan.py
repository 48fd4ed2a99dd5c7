"""The geometry of an insonated sector: a fan, cut by a rectangle.

A fan lies between two rays from an apex and two arcs around it. With the apex far above it is the
rectangle of a linear probe, near it the sector of a curved or phased one.
"""

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
# The eight edges, in the order of a fan's numbers and of distances from it.
EDGES = LEFT, RIGHT, INNER, OUTER, X0, TOP, X1, BOTTOM = range(8)
# What lies exactly on an edge belongs to the fan, whatever rounding makes of it; in pixels.
ROUNDING = 1e-6


class Fan(NamedTuple):
    """Apex in pixels, angles from straight down in radians, radii in pixels, and a rectangle.

    The apex lies above the rectangle, so that no angle is as large as a right one. A side that
    does not cut is infinitely far away.
    """

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

    def cuts(self, edge: int) -> bool:
        """Return whether an edge is not infinitely far away."""
        return math.isfinite(self[2 + edge])

    def within(self, columns: Numbers, rows: Numbers, reach: Numbers) -> Mask:
        """Return which points lie within the fan, each edge moved out by `reach` pixels.

        Columns and rows may be of any shapes that broadcast. What is infinite does not cut.
        """
        across, down = columns - self.x, rows - self.y
        radius = np.hypot(across, down)
        inside: Mask = radius - self.outer <= reach[OUTER]
        inside &= self.inner - radius <= reach[INNER]
        inside &= down * np.sin(self.left) - across * np.cos(self.left) <= reach[LEFT]
        inside &= across * np.cos(self.right) - down * np.sin(self.right) <= reach[RIGHT]
        inside &= (self.x0 - columns <= reach[X0]) & (columns - self.x1 <= reach[X1])
        inside &= (self.y0 - rows <= reach[TOP]) & (rows - self.y1 <= reach[BOTTOM])
        return inside

    def beyond(self, edge: int, away_S: Numbers, most: int) -> tuple[Numbers, Numbers]:
        """Return columns and rows of points so many pixels beyond an edge that cuts.

        Both broadcast to `_SN`. Points lie a pixel apart, or further along an edge of more than
        `most` pixels.
        """
        away = away_S[:, None]
        if edge in (LEFT, RIGHT):
            angle, side = (self.left, -away) if edge == LEFT else (self.right, away)
            radius = _along(self.inner, self.outer, most)
            across, down = radius * np.sin(angle), radius * np.cos(angle)
            return across + side * np.cos(angle) + self.x, down - side * np.sin(angle) + self.y
        if edge in (INNER, OUTER):
            size, side = (self.inner, -away) if edge == INNER else (self.outer, away)
            arc = _along(size * self.left, size * self.right, most) / max(size, 1.0)
            return (size + side) * np.sin(arc) + self.x, (size + side) * np.cos(arc) + self.y
        if edge in (TOP, BOTTOM):
            rays = self.outer * np.sin([self.left, self.right]) + self.x
            first, last = max(self.x0, float(rays[0])), min(self.x1, float(rays[1]))
            rows = self.y0 - away if edge == TOP else self.y1 + away
            return _along(first, last, most), rows
        columns = self.x0 - away if edge == X0 else self.x1 + away
        return columns, _along(self.y0, self.y1, most)

    def mask(self, reach: Numbers, height: int, width: int) -> Mask:
        """Return the pixels `_HW` of an image within the fan, each edge moved out by `reach`."""
        down = np.arange(height) - self.y
        inner, outer = max(self.inner - reach[INNER], 0.0), self.outer + reach[OUTER]
        chord, hole = (np.sqrt(np.maximum(size**2 - down**2, 0.0)) for size in (outer, inner))
        left = (down * np.sin(self.left) - reach[LEFT]) / np.cos(self.left)
        right = (down * np.sin(self.right) + reach[RIGHT]) / np.cos(self.right)
        first = np.maximum(np.maximum(left, -chord) + self.x, self.x0 - reach[X0])
        last = np.minimum(np.minimum(right, chord) + self.x, self.x1 + reach[X1])
        column = np.arange(width, dtype=np.int32)
        start, end = _from(first, width), _to(last, width)
        inside = (column >= start[:, None]) & (column <= end[:, None])
        holed = np.abs(down) < inner
        inside[holed] &= (column <= _to(self.x - hole[holed], width)[:, None]) | (
            column >= _from(self.x + hole[holed], width)[:, None]
        )
        row = np.arange(height)
        cut = (
            (row < self.y0 - reach[TOP]) | (row > self.y1 + reach[BOTTOM]) | (np.abs(down) > outer)
        )
        inside[cut] = False
        return inside


def _along(first: float, last: float, most: int) -> Numbers:
    length = int(min(max(last - first + 1, 1), most))
    return np.linspace(first, last, length)


def _from(edge: Numbers, width: int) -> npt.NDArray[np.int32]:
    """Return the first column at or after an edge."""
    return np.ceil(np.clip(edge - ROUNDING, -1, width)).astype(np.int32)


def _to(edge: Numbers, width: int) -> npt.NDArray[np.int32]:
    """Return the last column at or before an edge."""
    return np.floor(np.clip(edge + ROUNDING, -1, width)).astype(np.int32)
