"""Beam geometry: which beam and depth each pixel of the sector image shows.

The image is formed in beam space (`_DB`: depth by beam) and brought to the screen (`_HW`) by
scan conversion, so that speckle widens with depth and shadows follow the beams.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import ndimage

Map = npt.NDArray[np.float32]
ProbeKind = Literal["linear", "convex", "phased", "endocavity"]
# Half opening angle in degrees, and the face's radius as a share of the image height.
CURVED = {"convex": (34.0, 0.42), "phased": (42.0, 0.02), "endocavity": (60.0, 0.16)}
# A sector may be this much wider than its screen.
CUT = 1.25


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

    @cached_property
    def to_beam(self) -> tuple[Map, Map]:
        """Depth and beam index of each screen pixel."""
        rows, columns = np.indices((self.height, self.width), dtype=np.float64)
        if self.kind == "linear":
            return rows.astype(np.float32), columns.astype(np.float32)
        half, near, far, apex = self._polar
        across, down = columns - (self.width - 1) / 2, rows - apex
        depth = (np.hypot(across, down) - near) / (far - near) * (self.height - 1)
        beam = (np.arctan2(across, down) / half + 1) / 2 * (self.width - 1)
        return depth.astype(np.float32), beam.astype(np.float32)

    @cached_property
    def _to_screen(self) -> tuple[Map, Map]:
        """Row and column of each point of beam space."""
        depths, beams = np.indices((self.height, self.width), dtype=np.float64)
        if self.kind == "linear":
            return depths.astype(np.float32), beams.astype(np.float32)
        half, near, far, apex = self._polar
        radius = near + depths / (self.height - 1) * (far - near)
        angle = (beams / (self.width - 1) * 2 - 1) * half
        rows = radius * np.cos(angle) + apex
        columns = radius * np.sin(angle) + (self.width - 1) / 2
        return rows.astype(np.float32), columns.astype(np.float32)

    @cached_property
    def sector(self) -> npt.NDArray[np.bool_]:
        """True where the screen shows echoes."""
        depth, beam = self.to_beam
        inside = (depth >= 0) & (depth <= self.height - 1) & (beam >= 0) & (beam <= self.width - 1)
        return np.asarray(inside)

    def sample(self, field_HW: Map) -> Map:
        """Return a screen field in beam space `_DB`."""
        if self.kind == "linear":
            return field_HW
        sampled = ndimage.map_coordinates(field_HW, self._to_screen, order=1, mode="nearest")
        return np.asarray(sampled, np.float32)

    def scan_convert(self, image_DB: Map) -> Map:
        """Return a beam-space image on the screen, 0 outside the sector."""
        if self.kind == "linear":
            return image_DB
        screen = ndimage.map_coordinates(image_DB, self.to_beam, order=1, mode="nearest")
        return np.asarray(screen * self.sector, np.float32)
