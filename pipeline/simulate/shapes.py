"""Shapes as signed distances: negative inside, in body units, approximate away from the edge.

Coordinates are body coordinates: x to the right, y away from the probe, the middle of the image
at (0, 0), one unit = half of the image's short side. All arrays are `_HW`.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float32]
Point = tuple[float, float]
# One wave of a blob's outline: lobes around it, relative height, phase in radians.
Wave = tuple[int, float, float]


def turned(x_HW: Field, y_HW: Field, center: Point, angle: float) -> tuple[Field, Field]:
    """Return coordinates relative to `center`, in axes turned by `angle` radians."""
    u, v = x_HW - np.float32(center[0]), y_HW - np.float32(center[1])
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return u * cos + v * sin, v * cos - u * sin


def blob(
    x_HW: Field,
    y_HW: Field,
    center: Point,
    radii: Point,
    angle: float = 0.0,
    waves: Sequence[Wave] = (),
) -> Field:
    """Return the distance to an ellipse, its outline moved by `waves`."""
    u, v = turned(x_HW, y_HW, center, angle)
    u, v = u / np.float32(radii[0]), v / np.float32(radii[1])
    radius = np.sqrt(u * u + v * v)
    edge = np.ones_like(radius)
    if waves:
        around = np.arctan2(v, u)
        for lobes, height, phase in waves:
            edge += np.float32(height) * np.cos(lobes * around + np.float32(phase))
    return (radius - edge) * np.float32(np.sqrt(radii[0] * radii[1]))


def capsule(
    x_HW: Field, y_HW: Field, start: Point, end: Point, radius: float, tip: float | None = None
) -> Field:
    """Return the distance to all points nearer than `radius` to the line from start to end.

    The radius changes evenly to `tip` at the end, where one is given.
    """
    u, v = x_HW - np.float32(start[0]), y_HW - np.float32(start[1])
    du, dv = np.float32(end[0] - start[0]), np.float32(end[1] - start[1])
    along = np.clip((u * du + v * dv) / (du * du + dv * dv), 0, 1)
    off_u, off_v = u - along * du, v - along * dv
    width = np.float32(radius) + along * np.float32(0 if tip is None else tip - radius)
    return np.asarray(np.sqrt(off_u * off_u + off_v * off_v) - width)


def on_ellipse(center: Point, radii: Point, angle: float, around: float) -> Point:
    """Return the point of an ellipse's outline at the parameter `around` (radians)."""
    u, v = radii[0] * np.cos(around), radii[1] * np.sin(around)
    return (
        float(center[0] + u * np.cos(angle) - v * np.sin(angle)),
        float(center[1] + u * np.sin(angle) + v * np.cos(angle)),
    )
