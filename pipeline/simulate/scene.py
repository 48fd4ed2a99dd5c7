"""A scene: what tissue lies where, how strongly it scatters and reflects, and what it is called.

Anatomies paint into a scene; the image and every kind of label come from that one painting.
Shapes are signed distances (`pipeline.simulate.shapes`) in body coordinates; echo levels are dB
relative to ordinary soft tissue. Nothing here depends on the machine.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.simulate.probes import Probe
from pipeline.simulate.shapes import Field, Point
from pipeline.simulate.surfaces import Pixels, near, surface
from pipeline.simulate.tissues import SOFT, Tissue

# The echo of a perfect mirror that faces the probe, dB above soft tissue's speckle.
MIRROR = 40.0
# Amplitude of reflections that drown in soft tissue's speckle.
FAINTEST = 0.3


@dataclass(frozen=True)
class Pose:
    """Where the body lies under the probe: shift in body units, turn in radians, zoom.

    `phase` is the moment within one heartbeat, 0 to 1.
    """

    shift: Point = (0.0, 0.0)
    turn: float = 0.0
    zoom: float = 1.0
    phase: float = 0.0


@dataclass(frozen=True)
class Mirror:
    """A surface between which and the probe sound goes to and fro; each time loses `loss` dB."""

    distance_HW: Field
    loss: float


@dataclass(frozen=True)
class CometTail:
    """A source that rings on: everything below `pixel` (column, row) along its beam.

    `strength` in dB above soft tissue, `width` in cm, `decay` in dB/cm on the screen.
    """

    pixel: Point
    width: float
    strength: float
    decay: float


class Scene:
    """What an anatomy paints into: tissues, echo levels, surfaces, class mask, landmarks.

    One body unit is `unit` pixels or `unit_cm` centimetres at zoom 1.
    """

    def __init__(self, probe: Probe, pose: Pose, depth_cm: float = 10.0) -> None:
        self.probe, self.pose = probe, pose
        self.direction = probe.direction
        height, width = probe.height, probe.width
        self.unit = min(height, width) / 2
        # Distances of flat shapes may grow four times as fast as true ones.
        self._reach = 4 / self.unit
        self.pixel_cm = depth_cm / height
        self.unit_cm = self.unit * self.pixel_cm
        self._middle = ((width - 1) / 2, (height - 1) / 2)
        rows, columns = np.indices((height, width), dtype=np.float32)
        u = ((columns - self._middle[0]) / self.unit - pose.shift[0]).astype(np.float32)
        v = ((rows - self._middle[1]) / self.unit - pose.shift[1]).astype(np.float32)
        cos, sin = np.cos(pose.turn) / pose.zoom, np.sin(pose.turn) / pose.zoom
        self.x_HW: Field = (u * np.float32(cos) + v * np.float32(sin)).astype(np.float32)
        self.y_HW: Field = (v * np.float32(cos) - u * np.float32(sin)).astype(np.float32)
        self.tissues: list[Tissue] = [SOFT]
        self.tissue_HW: npt.NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        self.echo_HW: Field = np.zeros((height, width), np.float32)
        self.surface_HW: Field = np.zeros((height, width), np.float32)
        self.mask_HW: npt.NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        self.landmarks: list[Point] = []
        self.mirrors: list[Mirror] = []
        self.comet_tails: list[CometTail] = []

    def part(self, window: tuple[slice, slice]) -> "Scene":
        """Return a window of this scene: what is painted there is painted here."""
        # Much faster than copy().
        part = object.__new__(Scene)
        part.__dict__.update(self.__dict__)
        part.direction = (self.direction[0][window], self.direction[1][window])
        part.x_HW, part.y_HW = self.x_HW[window], self.y_HW[window]
        part.tissue_HW, part.echo_HW = self.tissue_HW[window], self.echo_HW[window]
        part.surface_HW, part.mask_HW = self.surface_HW[window], self.mask_HW[window]
        return part

    def fill(
        self, distance_HW: Field, tissue: Tissue, echo: float | Field = 0.0, soft: float = 0.03
    ) -> None:
        """Fill a shape with a tissue; hide what was there before.

        `echo` is added to the tissue's own level; `soft` is the width of the edge of the echo
        level. The shape's outline reflects as its impedance differs from that around it.
        """
        self._reflect_edge(distance_HW, tissue)
        self.surface_HW[distance_HW < -np.float32(1.5 / self.unit)] = 0
        self.tissue_HW[distance_HW < 0] = self._index(tissue)
        self.paint(distance_HW, tissue.echo + echo, soft)

    def _index(self, tissue: Tissue) -> int:
        if tissue not in self.tissues:
            self.tissues.append(tissue)
        return self.tissues.index(tissue)

    def _reflect_edge(self, distance_HW: Field, tissue: Tissue) -> None:
        """Add the echo of an impedance step (Szabo 2014, chapter 3)."""
        step = [abs(tissue.impedance - each.impedance) for each in self.tissues]
        total = [tissue.impedance + each.impedance for each in self.tissues]
        level = np.divide(step, total).astype(np.float32) * np.float32(10 ** (MIRROR / 20))
        rows, columns = near(distance_HW, self._reach)
        shows = (level[self.tissue_HW[rows, columns]] > FAINTEST).nonzero()[0]
        edge = surface(distance_HW, self.direction, (rows[shows], columns[shows]))
        self._add_surface(edge.pixels, edge.weight * level[self.tissue_HW[edge.pixels]])

    def interface(self, distance_HW: Field, strength: float | Field) -> None:
        """Add a thin reflecting surface along a shape's outline: capsule, pleura, vessel wall.

        `strength` is its echo in dB above soft tissue where it faces the probe; it drops out
        where the beam grazes it.
        """
        edge = surface(distance_HW, self.direction, near(distance_HW, self._reach))
        level = strength[edge.pixels] if isinstance(strength, np.ndarray) else np.float32(strength)
        amplitude = edge.weight * np.power(np.float32(10), level / np.float32(20))
        self._add_surface(edge.pixels, amplitude)

    def _add_surface(self, pixels: Pixels, amplitude: Field) -> None:
        self.surface_HW[pixels] = np.maximum(self.surface_HW[pixels], amplitude)

    def reverberate(self, distance_HW: Field, loss: float = 9.0) -> None:
        """Repeat what lies above a shape's upper edge below it, at equal steps (A-lines).

        Each return to the probe costs `loss` dB besides the attenuation on the way.
        """
        self.mirrors.append(Mirror(distance_HW, loss))

    def comet_tail(
        self, point: Point, width: float, strength: float = 12.0, decay: float = 0.0
    ) -> None:
        """Let a point (body coordinates) ring on along its beam: a B-line, or a comet tail.

        A B-line reaches the bottom of the image (`decay` 0 dB/cm); `width` in body units is the
        streak's standard deviation at the point. The streak hides A-lines.
        """
        pixel = self.to_pixel(point)
        self.comet_tails.append(CometTail(pixel, width * self.unit_cm, strength, decay))

    def paint(self, distance_HW: Field, echo: float | Field, soft: float = 0.03) -> None:
        """Give the inside of a shape an echo level; `soft` is the width of its edge."""
        weight = _unit(np.float32(0.5) - distance_HW * np.float32(0.5 / soft))
        self.echo_HW += weight * (echo - self.echo_HW)

    def outline(self, distance_HW: Field, echo: float, width: float) -> None:
        """Draw a shape's edge, `width` to each side, as a rough layer that every beam sees."""
        weight = _unit(np.float32(1.5) - np.abs(distance_HW) * np.float32(1 / width))
        self.echo_HW += weight * (echo - self.echo_HW)

    def attenuate(self, distance_HW: Field, attenuation: float) -> None:
        """Give whatever lies inside a shape another attenuation, dB/cm/MHz one way."""
        inside = distance_HW < 0
        for index in np.unique(self.tissue_HW[inside]).tolist():
            other = self._index(replace(self.tissues[index], attenuation=attenuation))
            self.tissue_HW[inside & (self.tissue_HW == index)] = other

    def lose(self, factor: float) -> None:
        """Multiply what all tissues attenuate."""
        self.tissues = [
            replace(each, attenuation=each.attenuation * factor) for each in self.tissues
        ]

    def label(self, distance_HW: Field, index: int) -> None:
        """Give the class index to all pixels inside a shape."""
        self.mask_HW[distance_HW < 0] = index

    def landmark(self, point: Point) -> None:
        """Add a landmark; its pixel position is (column, row)."""
        self.landmarks.append(self.to_pixel(point))

    def to_pixel(self, point: Point) -> Point:
        """Return the pixel position (column, row) of a place in body coordinates."""
        x, y = point[0] * self.pose.zoom, point[1] * self.pose.zoom
        cos, sin = np.cos(self.pose.turn), np.sin(self.pose.turn)
        return (
            float((x * cos - y * sin + self.pose.shift[0]) * self.unit + self._middle[0]),
            float((x * sin + y * cos + self.pose.shift[1]) * self.unit + self._middle[1]),
        )


def _unit(weight: Field) -> Field:
    """Return values cut to 0..1; numpy's clip takes several times as long on small fields."""
    return np.maximum(np.minimum(weight, np.float32(1)), np.float32(0))
