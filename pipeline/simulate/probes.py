"""Beam geometry: which beam and depth each pixel of the sector image shows.

The image is formed in beam space (`_DB`: depth by beam) and brought to the screen (`_HW`) by
scan conversion, so that speckle widens with depth and shadows follow the beams.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import cv2
import numpy as np
import numpy.typing as npt

Map = npt.NDArray[np.float32]
ProbeKind = Literal["linear", "convex", "phased", "endocavity"]
# Half opening angle in degrees, and the face's radius as a share of the image height.
CURVED = {"convex": (34.0, 0.42), "phased": (42.0, 0.02), "endocavity": (60.0, 0.16)}
# A sector may be this much wider than its screen.
CUT = 1.25
# Samples along the middle beam for each row of the screen.
FINENESS = 2


@dataclass(frozen=True)
class Probe:
    """A probe seen on a screen area of `height` by `width` pixels."""

    kind: ProbeKind
    height: int
    width: int

    @cached_property
    def _polar(self) -> tuple[float, float, float, float]:
        """Half angle, face radius, last radius and apex row, in radians and pixels.

        The sector touches the bottom in the middle. On a narrow screen the opening is closed, or
        the sides are cut off, as operators do.
        """
        degrees, face = CURVED[self.kind]
        near = face * self.height
        far = self.height - 1 + near * np.cos(np.radians(degrees))
        widest = CUT * (self.width - 1) / 2 / far
        half = min(np.radians(degrees), np.arcsin(min(1.0, widest)))
        top = near * np.cos(half)
        return float(half), float(near), float(self.height - 1 + top), float(-top)

    @property
    def wrapped_face(self) -> tuple[float, float] | None:
        """Radius and lowest row, in pixels, of a face that tissue wraps itself round, or None."""
        if self.kind != "convex":
            return None
        half, near, _, _ = self._polar
        return near, near * (1 - float(np.cos(half)))

    @property
    def depths(self) -> int:
        """The number of samples along a beam."""
        return FINENESS * self.height

    def _beam_space(self, columns: Any, rows: Any) -> tuple[Any, Any]:
        """Return depth and beam indices of screen positions."""
        if self.kind == "linear":
            return (rows + 0.5) * FINENESS - 0.5, columns
        half, near, far, apex = self._polar
        across, down = columns - (self.width - 1) / 2, rows - apex
        radius = np.sqrt(across * across + down * down)
        depth = (radius - near) / (far - near) * (self.depths - 1)
        beam = (np.arctan2(across, down) / half + 1) / 2 * (self.width - 1)
        return depth, beam

    @cached_property
    def to_beam(self) -> tuple[Map, Map]:
        """Depth and beam index of each screen pixel."""
        rows, columns = np.indices((self.height, self.width), dtype=np.float32)
        depth, beam = self._beam_space(columns, rows)
        return np.asarray(depth, np.float32), np.asarray(beam, np.float32)

    def beam_of(self, pixel: tuple[float, float]) -> tuple[float, float]:
        """Return depth and beam index of the screen position (column, row)."""
        depth, beam = self._beam_space(*pixel)
        return float(depth), float(beam)

    @cached_property
    def to_screen(self) -> tuple[Map, Map]:
        """Row and column of each point of beam space."""
        if self.kind == "linear":
            shape = (self.depths, self.width)
            row_D1 = (np.arange(self.depths)[:, None] + 0.5) / FINENESS - 0.5
            rows_DB = np.broadcast_to(row_D1.astype(np.float32), shape)
            columns_DB = np.broadcast_to(np.arange(self.width, dtype=np.float32), shape)
            return rows_DB.copy(), columns_DB.copy()
        half, near, far, apex = self._polar
        radius_D = np.linspace(near, far, self.depths)
        angle_B = np.linspace(-half, half, self.width)
        down_DB = np.outer(radius_D, np.cos(angle_B)) + apex
        across_DB = np.outer(radius_D, np.sin(angle_B)) + (self.width - 1) / 2
        return down_DB.astype(np.float32), across_DB.astype(np.float32)

    @cached_property
    def direction(self) -> tuple[Map, Map]:
        """The beam's direction at each screen pixel: unit vector (right, down)."""
        rows, columns = np.indices((self.height, self.width), dtype=np.float32)
        if self.kind == "linear":
            return np.zeros_like(rows), np.ones_like(rows)
        across = columns - np.float32((self.width - 1) / 2)
        down = rows - np.float32(self._polar[3])
        radius = np.sqrt(across * across + down * down)
        return across / radius, down / radius

    @property
    def axial_step(self) -> float:
        """The distance of two samples of a beam, in screen pixels."""
        if self.kind == "linear":
            return 1 / FINENESS
        _, near, far, _ = self._polar
        return (far - near) / (self.depths - 1)

    @cached_property
    def lateral_step(self) -> Map:
        """The distance of two beams at each depth `_D`, in screen pixels."""
        if self.kind == "linear":
            return np.ones(self.depths, np.float32)
        half, near, far, _ = self._polar
        radius = np.linspace(near, far, self.depths)
        return np.asarray(radius * 2 * half / (self.width - 1), np.float32)

    @cached_property
    def sector(self) -> npt.NDArray[np.bool_]:
        """True where the screen shows echoes."""
        depth, beam = self.to_beam
        shown = (depth >= 0) & (depth <= self.depths - 0.5) & (beam >= 0) & (beam <= self.width - 1)
        return np.asarray(shown)

    def sample(self, field_HW: Map) -> Map:
        """Return a screen field in beam space `_DB`."""
        rows, columns = self.to_screen
        return _remap(field_HW, columns, rows, cv2.INTER_LINEAR)

    def sample_index(self, index_HW: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        """Return a screen field of indices in beam space `_DB`, each from its nearest pixel."""
        rows, columns = self.to_screen
        return _remap(index_HW, columns, rows, cv2.INTER_NEAREST)

    def scan_convert(self, image_DB: Map) -> Map:
        """Return a beam-space image on the screen, 0 outside the sector."""
        depths, beams = self.to_beam
        return _remap(image_DB, beams, depths, cv2.INTER_LINEAR) * self.sector


def _remap(field: npt.NDArray[Any], columns: Map, rows: Map, method: int) -> npt.NDArray[Any]:
    """Take values at fractional places; those beyond the field are its border's."""
    return cv2.remap(field, columns, rows, method, borderMode=cv2.BORDER_REPLICATE)
