"""A shape within the part of an image that it can touch."""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.simulate.shapes import Field

Window = tuple[slice, slice]


@dataclass(frozen=True)
class Region:
    """Signed distances `distance_HW` in cm, negative inside, over a `window` of the image.

    Outside the window lies nothing of the shape.
    """

    window: Window
    distance_HW: Field

    def grown(self, cm: float) -> "Region":
        """Return the shape with its edge moved outwards."""
        return replace(self, distance_HW=self.distance_HW - np.float32(cm))

    def shell(self, half: float) -> "Region":
        """Return the shape's edge, `half` cm to each side."""
        return replace(self, distance_HW=np.abs(self.distance_HW) - np.float32(half))

    def within(self, other: "Region") -> "Region":
        """Return what lies in both shapes."""
        window, mine, theirs = self._shared(other)
        return Region(window, np.maximum(mine, theirs))

    def without(self, other: "Region") -> "Region":
        """Return what lies in this shape and not in the other."""
        window, mine, theirs = self._shared(other)
        distance_HW = self.distance_HW.copy()
        inner = tuple(
            slice(both.start - own.start, both.stop - own.start)
            for both, own in zip(window, self.window, strict=True)
        )
        distance_HW[inner] = np.maximum(mine, -theirs)
        return replace(self, distance_HW=distance_HW)

    def _shared(self, other: "Region") -> tuple[Window, Field, Field]:
        """Return the window that both have, and both distances there."""
        window = (
            _overlap(self.window[0], other.window[0]),
            _overlap(self.window[1], other.window[1]),
        )
        return window, _cut(self, window), _cut(other, window)


def _overlap(one: slice, two: slice) -> slice:
    start = max(one.start, two.start)
    return slice(start, max(start, min(one.stop, two.stop)))


def _cut(region: Region, window: Window) -> Field:
    rows, columns = (
        slice(part.start - own.start, part.stop - own.start)
        for part, own in zip(window, region.window, strict=True)
    )
    return region.distance_HW[rows, columns]
