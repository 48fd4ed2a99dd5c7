"""The scatterers of a body: a random lattice that moves with it.

Each lattice cell holds the summed echo of the scatterers in it. Where a tissue has many of them
the sum is complex Gaussian (central limit) and the envelope becomes Rayleigh distributed; where
it has fewer than one in a cell most cells stay empty and the envelope becomes K-like (Wagner et
al., IEEE Trans. Sonics Ultrason. 30:156, 1983; Jakeman, J. Phys. A 13:31, 1980).
"""

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.seeds import generator
from pipeline.simulate.beams import Echoes
from pipeline.simulate.probes import Map
from pipeline.simulate.scene import Scene

# Lattice cells per screen pixel along each side at zoom 1, and how far it reaches beyond the
# screen. Positions further out repeat those within.
FINENESS, MARGIN = 1.3, 1.3
# Standard deviation, in cells, of the filter that lets the lattice be sampled between its cells.
SPREAD = 0.8


@dataclass(frozen=True)
class Medium:
    """The scatterers of one body on a screen of `height` by `width` pixels."""

    height: int
    width: int
    seed: int

    @cached_property
    def _cells(self) -> Map:
        """Complex amplitudes of unit power, real and imaginary part `_YX2`."""
        shape = (self._count(self.height), self._count(self.width), 2)
        noise = generator(self.seed, "scatterers").standard_normal(shape, dtype=np.float32)
        return noise * np.float32(np.sqrt(0.5))

    @cached_property
    def _chances(self) -> Map:
        """How early each cell is emptied when scatterers get few, 0 to 1 `_YX`."""
        return generator(self.seed, "gaps").random(self._cells.shape[:2], dtype=np.float32)

    @cached_property
    def _full(self) -> Map:
        return _spread(self._cells)

    @staticmethod
    def _count(pixels: int) -> int:
        return int(np.ceil(pixels * FINENESS * MARGIN))

    def sample(self, scene: Scene) -> Echoes:
        """Return the scatterers' amplitudes along the beams `_DB`."""
        cells = self._full
        cell_mm2 = (10 * scene.pixel_cm / FINENESS) ** 2
        share = np.array([each.density * cell_mm2 for each in scene.tissues], np.float32)
        if np.any(share < 1):
            cells = self._thinned(scene, np.minimum(share, 1))
        rows, columns = scene.probe.to_screen
        to_cell = np.linalg.inv(self._to_screen(scene))
        across, down = (
            np.float32(to_cell[i, 0]) * columns
            + (np.float32(to_cell[i, 1]) * rows + np.float32(to_cell[i, 2]))
            for i in (0, 1)
        )
        taken_DB2 = cv2.remap(cells, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(taken_DB2.view(np.complex64)[..., 0])

    def _thinned(self, scene: Scene, share: Map) -> Map:
        """Empty all but a `share` of the cells of each tissue; the mean power stays."""
        shape = self._chances.shape
        tissue_YX = cv2.warpAffine(
            scene.tissue_HW, self._to_screen(scene)[:2], shape[::-1],
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        kept = share[tissue_YX]
        gain = np.where(self._chances < kept, 1 / np.sqrt(kept), np.float32(0))
        return _spread(self._cells * gain[..., None])

    def _to_screen(self, scene: Scene) -> npt.NDArray[np.float64]:
        """Return the matrix from (cell column, cell row, 1) to (screen column, row, 1)."""
        pose = scene.pose
        step = pose.zoom / FINENESS
        cos, sin = step * np.cos(pose.turn), step * np.sin(pose.turn)
        rows, columns = self._cells.shape[:2]
        middle = (np.array([columns, rows]) - 1) / 2
        turn = np.array([[cos, -sin], [sin, cos]])
        screen = (np.array([self.width, self.height]) - 1) / 2 + scene.unit * np.array(pose.shift)
        return np.vstack([np.column_stack([turn, screen - turn @ middle]), [0, 0, 1]])


def _spread(cells: Map) -> Map:
    return np.asarray(
        cv2.GaussianBlur(cells, (7, 7), SPREAD, borderType=cv2.BORDER_REFLECT), np.float32
    )


def lattice_power(spread: npt.ArrayLike, step: npt.ArrayLike, zoom: float) -> Map:
    """Return the power that a Gaussian filter along one axis leaves of a full lattice.

    `spread` is the filter's standard deviation in samples (unit sum), `step` the sample distance
    in screen pixels; both broadcast.
    """
    spread, step = np.broadcast_arrays(np.asarray(spread, float), np.asarray(step, float))
    # Taking values linearly between cells spreads them by another sixth of a square cell.
    width = np.sqrt(SPREAD**2 + 1 / 6) * zoom / FINENESS
    lag = np.arange(-40, 41)
    spectrum = 2 * np.maximum(spread[..., None], 0.2) ** 2
    overlap = np.exp(-(lag**2) / (2 * spectrum))
    overlap /= overlap.sum(axis=-1, keepdims=True)
    alike = np.exp(-((lag * step[..., None]) ** 2) / (4 * width**2))
    cell = zoom / FINENESS
    return np.asarray((overlap * alike).sum(axis=-1) * cell / (2 * np.sqrt(np.pi) * width))
