"""Places in an organ's own axes."""

from dataclasses import dataclass

import numpy as np

from pipeline.simulate.shapes import Point


@dataclass(frozen=True)
class Axes:
    """Axes at `center`, the first turned by `angle` radians clockwise, in steps of `scale` cm."""

    center: Point
    angle: float
    scale: Point = (1.0, 1.0)

    def at(self, along: float, across: float = 0.0) -> Point:
        """Return the place so many steps along and across."""
        u, v = along * self.scale[0], across * self.scale[1]
        cos, sin = float(np.cos(self.angle)), float(np.sin(self.angle))
        return self.center[0] + u * cos - v * sin, self.center[1] + u * sin + v * cos
