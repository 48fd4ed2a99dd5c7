"""One patient's body under the probe, in centimetres: what anatomies paint and label with.

Places are (x, y): x to the right from the image's middle, y = depth below the skin. Echo levels
are dB relative to ordinary soft tissue.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from pipeline.simulate.anatomy.region import Region, Window
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.scene import Scene
from pipeline.simulate.shapes import Field, Point, Wave, blob, capsule, turned
from pipeline.simulate.tissues import BONE, FLUID, SOFT, Tissue

# Windows reach so far beyond a shape, as a share of the image's depth: room for its soft edge.
MARGIN = 0.05
# The echo level of fluid, with the clutter that fluid shows, dB.
DARK = -38.0
# Side of the grid of noise behind unevenness.
GRID = 64
# How much brighter than its rough part an edge is where it faces the probe, dB.
SHEEN = 6.0


# A wave of a layer's edge: cycles per 10 cm, height in cm, phase in radians.
Ripple = tuple[float, float, float]


@dataclass(frozen=True)
class Case:
    """What is examined in whom. `shape` draws all that labels depend on, `look` all else."""

    finding: str
    shape: np.random.Generator
    look: np.random.Generator
    difficulty: Difficulty


class Body:
    """The body of a case, painted into a scene."""

    def __init__(self, scene: Scene, case: Case) -> None:
        self.scene = scene
        self.finding = case.finding
        self.shape, self.look, self.difficulty = case.shape, case.look, case.difficulty
        height, width = scene.echo_HW.shape
        self._cm = scene.unit_cm
        self.pixel_cm, self.depth_cm = scene.pixel_cm, scene.pixel_cm * height
        self.half_width = scene.pixel_cm * width / 2
        self._middle = self.depth_cm / 2
        self.x_HW: Field = scene.x_HW * np.float32(self._cm)
        self.y_HW: Field = scene.y_HW * np.float32(self._cm) + np.float32(self._middle)
        radius, row = scene.probe.wrapped_face or (0.0, 0.0)
        # Radius of the face, 0 if it is flat, and the depth at which it begins, in cm.
        self._face, self.skin_cm = radius * scene.pixel_cm, row * scene.pixel_cm
        # The depth of layers that are pressed to a convex face: in the middle, and under a flat one
        # everywhere, it is `y_HW`.
        self.wall_HW: Field = self.y_HW
        if self._face:
            above = np.float32(self._face - self.skin_cm)
            self.wall_HW = np.hypot(self.x_HW, self.y_HW + above) - above
        # Unevenness of any scale is read from this at random places.
        self._noise_yx: Field = case.look.standard_normal((GRID, GRID), dtype=np.float32)
        self.everywhere: Window = (slice(0, height), slice(0, width))

    # Shapes

    def whole(self) -> Region:
        """Return all that the image shows."""
        return Region(self.everywhere, np.full_like(self.x_HW, -self.depth_cm))

    def ellipse(
        self, center: Point, radii: Point, angle: float = 0.0, waves: Sequence[Wave] = ()
    ) -> Region:
        """Return an ellipse, its outline moved by `waves`."""
        reach = max(radii) * (1 + sum(abs(height) for _, height, _ in waves))
        window = self._window([center], reach)
        x_HW, y_HW = self.x_HW[window], self.y_HW[window]
        return Region(window, blob(x_HW, y_HW, center, radii, angle, waves))

    def tube(self, points: Sequence[Point], radius: float, tip: float | None = None) -> Region:
        """Return all that is nearer than `radius` to a line through `points`.

        The radius changes evenly from point to point to `tip` at the last, where one is given.
        """
        window = self._window(points, radius)
        x_HW, y_HW = self.x_HW[window], self.y_HW[window]
        widths = np.linspace(radius, radius if tip is None else tip, len(points)).tolist()
        pieces = [
            capsule(x_HW, y_HW, start, end, wide, narrow)
            for (start, wide), (end, narrow) in itertools.pairwise(zip(points, widths, strict=True))
        ]
        return Region(window, np.minimum.reduce(pieces))

    def wall_at(self, x: float, depth: float) -> float:
        """Return `y` at `x`, both in cm, of a layer that has such a depth."""
        if not self._face:
            return depth
        above = self._face - self.skin_cm
        return float(np.sqrt(max(0.0, (depth + above) ** 2 - x * x))) - above

    def layer(self, depth: float, waves: Sequence[Ripple] = ()) -> Region:
        """Return the body wall down to a depth in the image's middle; waves are as in `above`."""
        region = self.above(depth, 0.0, waves)
        return Region(region.window, region.distance_HW + self.wall_HW - self.y_HW)

    def above(self, depth: float, slope: float = 0.0, waves: Sequence[Ripple] = ()) -> Region:
        """Return all that is nearer to the skin than a line, at `depth` in the image's middle.

        A wave here is (cycles per 10 cm, height in cm, phase).
        """
        edge = self.x_HW * np.float32(slope) + np.float32(depth)
        for cycles, height, phase in waves:
            pace = np.float32(2 * np.pi * cycles / 10)
            edge += np.float32(height) * np.sin(self.x_HW * pace + np.float32(phase))
        return Region(self.everywhere, self.y_HW - edge)

    def below(self, depth: float, slope: float = 0.0, waves: Sequence[Ripple] = ()) -> Region:
        """Return all that is deeper than such a line."""
        region = self.above(depth, slope, waves)
        return Region(region.window, -region.distance_HW)

    def half_plane(self, point: Point, direction: float) -> Region:
        """Return all on the far side of `point`, seen in a direction (radians, clockwise)."""
        u_HW, _ = turned(self.x_HW, self.y_HW, point, direction)
        return Region(self.everywhere, -u_HW)

    def _window(self, points: Sequence[Point], reach: float) -> Window:
        pixels = [self._pixel(point) for point in points]
        margin = (reach / self._cm * self.scene.pose.zoom) * self.scene.unit
        height, width = self.scene.echo_HW.shape
        margin += MARGIN * height
        rows, columns = [row for _, row in pixels], [column for column, _ in pixels]
        return _clip(min(rows) - margin, max(rows) + margin, height), _clip(
            min(columns) - margin, max(columns) + margin, width
        )

    def _pixel(self, point: Point) -> Point:
        return self.scene.to_pixel(self._units(point))

    def _units(self, point: Point) -> Point:
        return point[0] / self._cm, (point[1] - self._middle) / self._cm

    # Paint

    def fill(
        self,
        region: Region,
        echo: float | Field,
        tissue: Tissue = SOFT,
        soft: float | None = None,
    ) -> None:
        """Fill a shape with tissue at an echo level; hide what was there.

        `soft` is half the width of the level's edge in cm.
        """
        self._part(region).fill(
            self._distance(region), tissue, echo - tissue.echo, self._soft(soft)
        )

    def paint(self, region: Region, echo: float | Field, soft: float | None = None) -> None:
        """Give the inside of a shape an echo level; the tissue stays what it is."""
        self._part(region).paint(self._distance(region), echo, self._soft(soft))

    def fluid(
        self,
        region: Region,
        echo: float | Field = DARK,
        wall: float | None = None,
        tissue: Tissue = FLUID,
    ) -> None:
        """Fill a shape with fluid, that sound passes without loss; `wall` is its wall's echo."""
        self.fill(region, echo, tissue)
        if wall is not None:
            self.edge(region, wall)

    def bone(self, region: Region, echo: float = 14.0, tissue: Tissue = BONE) -> None:
        """Fill a shape with bone: bright, with a shadow behind it."""
        self.fill(region, echo, tissue)

    def edge(self, region: Region, echo: float, half: float | None = None) -> None:
        """Draw a shape's edge: a rough layer, `half` cm to each side, that also reflects.

        The reflection is about `SHEEN` dB stronger where the edge faces the probe; it breaks up
        along the way, as that of fascia and capsules does.
        """
        part, distance_HW = self._part(region), self._distance(region)
        part.outline(distance_HW, echo - 3, self._soft(half))
        part.interface(distance_HW, echo + SHEEN + self.uneven(region, 0.03 * self.depth_cm, 3.0))

    def interface(self, region: Region, strength: float | Field) -> None:
        """Draw a shape's edge as a thin mirror of so many dB where it faces the probe."""
        self._part(region).interface(self._distance(region), strength)

    def attenuate(self, region: Region, attenuation: float) -> None:
        """Give what lies inside a shape another attenuation, dB/cm/MHz one way."""
        self._part(region).attenuate(region.distance_HW, attenuation)

    def reverberate(self, region: Region, loss: float) -> None:
        """Let the upper edge of a shape, known over the whole image, mirror what lies above it.

        Each return to the probe costs `loss` dB.
        """
        self.scene.reverberate(region.distance_HW, loss)

    def comet_tail(self, point: Point, width: float, strength: float, decay: float = 0.0) -> None:
        """Let a place ring on along its beam, `width` cm wide, `decay` dB/cm fainter."""
        self.scene.comet_tail(self._units(point), width / self._cm, strength, decay)

    def uneven(self, region: Region, scale: float, height: float) -> Field:
        """Return a smooth random field over a shape's window, `height` dB strong.

        Its patches are `scale` cm wide. It grows with the difficulty.
        """
        pace = np.float32(1 / scale)
        columns_HW, rows_HW = self.x_HW[region.window] * pace, self.y_HW[region.window] * pace
        return self.grain(columns_HW, rows_HW) * np.float32(height * self.difficulty.spread)

    def grain(self, columns_HW: Field, rows_HW: Field) -> Field:
        """Return smooth random values of unit strength; those one step apart are unlike.

        The two fields of coordinates are changed.
        """
        across, down = self.look.uniform(0, GRID, 2)
        if not columns_HW.size:
            return columns_HW
        for place_HW, start in ((columns_HW, across), (rows_HW, down)):
            place_HW += np.float32(start)  # noqa: PLW2901
            # Fifty times faster than the remainder.
            place_HW -= np.floor(place_HW * np.float32(1 / GRID)) * np.float32(GRID)  # noqa: PLW2901
        noise_HW = cv2.remap(
            self._noise_yx, columns_HW, rows_HW, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP
        )
        # A cubic spline through unit noise keeps about 0.7 of its standard deviation.
        return np.asarray(noise_HW, np.float32) * np.float32(1 / 0.7)

    def _part(self, region: Region) -> Scene:
        return self.scene.part(region.window)

    def _distance(self, region: Region) -> Field:
        return region.distance_HW / np.float32(self._cm)

    def _soft(self, cm: float | None) -> float:
        """Return the width of an edge in body units; about a pixel unless told."""
        return 0.012 if cm is None else cm / self._cm

    # Labels and signs

    def label(self, region: Region, index: int) -> None:
        """Give the class index to all pixels inside a shape."""
        self._part(region).label(region.distance_HW, index)

    def landmark(self, point: Point) -> None:
        """Add a landmark."""
        self.scene.landmark(self._units(point))

    def sign(self, shares: Mapping[str, float]) -> bool:
        """Return whether this case shows a sign that a share of each finding's cases shows."""
        return bool(self.look.random() < self.chance(shares))

    def chance(self, shares: Mapping[str, float]) -> float:
        """Return the share of the finding's cases that show a sign at this difficulty.

        It moves the stated shares of all findings apart or together, in log odds.
        """
        odds = {name: np.log(share / (1 - share)) for name, share in shares.items()}
        middle = float(np.mean(list(odds.values())))
        own = middle + (odds[self.finding] - middle) * self.difficulty.separation
        return float(1 / (1 + np.exp(-own)))

    def contrast(self, echo: float) -> float:
        """Return an echo difference as strong as the difficulty leaves it."""
        return echo * self.difficulty.contrast


def _clip(low: float, high: float, size: int) -> slice:
    start = min(max(int(low), 0), size)
    return slice(start, max(start, min(int(high) + 2, size)))
