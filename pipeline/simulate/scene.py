"""A scene: how strongly each place scatters, how much it attenuates, and what it is.

Anatomies paint into a scene; the image and every kind of label come from that one painting.
Echo levels are dB relative to ordinary soft tissue.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.simulate.shapes import Field, Point

FLUID = -38.0
BONE = 17.0


@dataclass(frozen=True)
class Pose:
    """Where the body lies under the probe: shift in body units, turn in radians, zoom.

    `phase` is the moment within one heartbeat, 0 to 1.
    """

    shift: Point = (0.0, 0.0)
    turn: float = 0.0
    zoom: float = 1.0
    phase: float = 0.0


class Scene:
    """What an anatomy paints into: echo and attenuation maps, class mask, landmarks."""

    def __init__(self, height: int, width: int, pose: Pose) -> None:
        self.pose = pose
        self.unit = min(height, width) / 2
        self._middle = ((width - 1) / 2, (height - 1) / 2)
        rows, columns = np.indices((height, width), dtype=np.float32)
        u = ((columns - self._middle[0]) / self.unit - pose.shift[0]).astype(np.float32)
        v = ((rows - self._middle[1]) / self.unit - pose.shift[1]).astype(np.float32)
        cos, sin = np.cos(pose.turn) / pose.zoom, np.sin(pose.turn) / pose.zoom
        self.x_HW: Field = (u * np.float32(cos) + v * np.float32(sin)).astype(np.float32)
        self.y_HW: Field = (v * np.float32(cos) - u * np.float32(sin)).astype(np.float32)
        self.echo_HW: Field = np.zeros((height, width), np.float32)
        self.attenuation_HW: Field = np.zeros((height, width), np.float32)
        self.mask_HW: npt.NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        self.landmarks: list[Point] = []

    def paint(self, distance_HW: Field, echo: float | Field, soft: float = 0.03) -> None:
        """Fill a shape with an echo level; `soft` is the width of its edge."""
        weight = np.clip(0.5 - distance_HW / np.float32(2 * soft), 0, 1)
        self.echo_HW += weight * (echo - self.echo_HW)

    def outline(self, distance_HW: Field, echo: float, width: float) -> None:
        """Draw a shape's edge, `width` to each side, with an echo level."""
        weight = np.clip(1.5 - np.abs(distance_HW) / np.float32(width), 0, 1)
        self.echo_HW += weight * (echo - self.echo_HW)

    def brighten(self, weight_HW: Field, echo: float) -> None:
        """Add echo where `weight_HW` (0 to 1) says so."""
        self.echo_HW += weight_HW * np.float32(echo)

    def attenuate(self, distance_HW: Field, loss: float) -> None:
        """Lose `loss` dB per body unit of depth inside a shape; a negative loss enhances."""
        self.attenuation_HW += np.float32(loss) * (distance_HW < 0)

    def texture(self, rng: np.random.Generator, scale: float, height: float) -> None:
        """Add a smooth random unevenness of `height` dB whose patches are `scale` units wide."""
        self.echo_HW += self.unevenness(rng, scale) * np.float32(height)

    def unevenness(self, rng: np.random.Generator, scale: float) -> Field:
        """Return a smooth random field of unit variance that is fixed to the body."""
        total = np.zeros_like(self.x_HW)
        for _ in range(6):
            direction, phase = rng.uniform(0, 2 * np.pi, 2)
            pace = rng.uniform(0.6, 1.4) * np.pi / scale
            total += np.sin(
                self.x_HW * np.float32(pace * np.cos(direction))
                + self.y_HW * np.float32(pace * np.sin(direction))
                + np.float32(phase)
            )
        return total / np.float32(np.sqrt(3))

    def label(self, distance_HW: Field, index: int) -> None:
        """Give the class index to all pixels inside a shape."""
        self.mask_HW[distance_HW < 0] = index

    def landmark(self, point: Point) -> None:
        """Add a landmark; its pixel position is (column, row)."""
        x, y = point[0] * self.pose.zoom, point[1] * self.pose.zoom
        cos, sin = np.cos(self.pose.turn), np.sin(self.pose.turn)
        self.landmarks.append(
            (
                float((x * cos - y * sin + self.pose.shift[0]) * self.unit + self._middle[0]),
                float((x * sin + y * cos + self.pose.shift[1]) * self.unit + self._middle[1]),
            )
        )
