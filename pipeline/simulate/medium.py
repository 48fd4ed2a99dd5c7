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
from pipeline.simulate.gaussian import complex_noise
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
    def _cells(self) -> Echoes:
        """Complex amplitudes of unit power `_YX`."""
        shape = (self._count(self.height), self._count(self.width))
        return complex_noise(generator(self.seed, "scatterers"), shape)

    @cached_property
    def _chances(self) -> npt.NDArray[np.uint16]:
        """How early each cell is emptied when scatterers get few `_YX`."""
        shape, steps = self._cells.shape, 1 << 16
        return generator(self.seed, "gaps").integers(0, steps, shape, np.uint16)

    @cached_property
    def _full(self) -> Map:
        return _spread(self._cells)

    @staticmethod
    def _count(pixels: int) -> int:
        return int(np.ceil(pixels * FINENESS * MARGIN))

    def sample(self, scene: Scene) -> Echoes:
        """Return the scatterers' amplitudes along the beams `_DB`."""
        cell_mm2 = (10 * scene.pixel_cm / FINENESS) ** 2
        share = np.array([each.density * cell_mm2 for each in scene.tissues], np.float32)
        cells = self._full if np.all(share >= 1) else self._thinned(scene, np.minimum(share, 1))
        rows, columns = scene.probe.to_screen
        (xx, xy, x0), (yx, yy, y0) = cv2.invertAffineTransform(self._to_screen(scene)).tolist()
        across = columns * np.float32(xx) + (rows * np.float32(xy) + np.float32(x0))
        down = columns * np.float32(yx) + (rows * np.float32(yy) + np.float32(y0))
        taken_DB2 = cv2.remap(cells, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        return np.asarray(taken_DB2.view(np.complex64)[..., 0])

    def _thinned(self, scene: Scene, share: Map) -> Map:
        """Empty all but a `share` of the cells of each tissue; the mean power stays."""
        shape = self._chances.shape
        tissue_YX: npt.NDArray[np.uint8] = cv2.warpAffine(  # type: ignore[assignment]
            scene.tissue_HW, self._to_screen(scene), shape[::-1],
            flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        kept_YX = self._chances < (share * np.float32(1 << 16)).take(tissue_YX)
        return _spread(self._cells * (kept_YX * (1 / np.sqrt(share)).take(tissue_YX)))

    def _to_screen(self, scene: Scene) -> npt.NDArray[np.float64]:
        """Return the matrix `_23` from (cell column, cell row, 1) to (screen column, row)."""
        pose = scene.pose
        step = pose.zoom / FINENESS
        cos, sin = step * np.cos(pose.turn), step * np.sin(pose.turn)
        rows, columns = self._cells.shape
        middle = (np.array([columns, rows]) - 1) / 2
        turn = np.array([[cos, -sin], [sin, cos]])
        screen = (np.array([self.width, self.height]) - 1) / 2 + scene.unit * np.array(pose.shift)
        return np.column_stack([turn, screen - turn @ middle])


def _spread(cells: Echoes) -> Map:
    """Return the lattice, filtered so that it can be sampled anywhere, `_YX2`."""
    parts_YX2 = cells.view(np.float32).reshape(*cells.shape, 2)
    spread_YX2 = cv2.GaussianBlur(parts_YX2, (7, 7), SPREAD, borderType=cv2.BORDER_REFLECT)
    return np.asarray(spread_YX2, np.float32)


def lattice_power(spread: npt.ArrayLike, step: npt.ArrayLike, zoom: float) -> Map:
    """Return the power that a Gaussian filter along one axis leaves of a full lattice.

    `spread` is the filter's standard deviation in samples (unit sum), `step` the sample distance
    in screen pixels; both broadcast. Samples k apart are alike by exp(-k^2 step^2 / 4 width^2),
    and the filter's overlap with itself is as exp(-k^2 / 4 spread^2), of unit sum.
    """
    # Taking values linearly between cells spreads them by another sixth of a square cell.
    cell = zoom / FINENESS
    width = cell * np.sqrt(SPREAD**2 + 1 / 6)
    overlap = 1 / (4 * np.maximum(np.asarray(spread, float), 0.2) ** 2)
    alike = (np.asarray(step, float) / width) ** 2 / 4
    return np.asarray(
        _theta(overlap + alike) / _theta(overlap) * cell / (2 * np.sqrt(np.pi) * width)
    )


def _theta(pace: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sum of exp(-pace k^2) over all whole k (Jacobi's theta function).

    Few terms are enough on either side of its functional equation.
    """
    slow = np.sqrt(np.pi / pace) * (1 + 2 * np.exp(-np.minimum(np.pi**2 / pace, 700)))
    fast = 1 + 2 * np.exp(-pace) + 2 * np.exp(-4 * pace)
    return np.asarray(np.where(pace < np.pi, slow, fast))
