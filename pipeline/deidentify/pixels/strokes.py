"""Thin bright strokes of one grey image, as connected components with what tells ink from echo.

A white top-hat keeps what is brighter than its surroundings and thinner than the brush. Pixels at
more than some share of the highest contrast nearby form a component: where ink of one level lies
on tissue that is darker than this share, that contour is the letter's own. Of thin strokes only
pixels whose level falls within a pixel count, which parts ink from a blurred line that it crosses.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
# No letter has so long a straight stroke, in pixels.
RULER = 61
# A letter is at least so high in pixels. A stroke of letters written together is wider than high,
# an `l` is higher than wide.
LOWEST, WIDEST, SLIMMEST = 4, 14, 9
SPARSEST = 0.12  # share of its box that a stroke fills; a diagonal line fills less
# Levels within so many grey levels of a component's brightest pixel count as equal to it.
EQUAL = 15


@dataclass(frozen=True)
class Scale:
    """Strokes thinner than `brush` pixels, judged by the contrast within `reach` pixels.

    A stroke has at least a `share` of the highest contrast there, and `contrast` grey levels. Its
    gradient over one pixel is more than `sharpness` times its contrast.
    """

    brush: int
    reach: int
    contrast: int
    share: float
    sharpness: float


# Letters of about 7 to 16 pixels, and of up to 50. A thin brush hides speckle better. The inside
# of a broad stroke is flat, so broad ones are parted from tissue by a higher share instead.
SCALES = (Scale(5, 5, 28, 0.5, 0.9), Scale(9, 9, 34, 0.75, 0.0))


class Colour(NamedTuple):
    """How colourful pixels `_HW` are, and where their middle channel lies between the others."""

    chroma_HW: Image
    hue_HW: Image


@dataclass(frozen=True)
class Strokes:
    """Components, one value each; levels and contrasts are in grey levels, sizes in pixels."""

    x0: Numbers
    y0: Numbers
    x1: Numbers
    y1: Numbers
    area: Numbers
    edge: Numbers  # pixels of the outline, over which the next seven are averaged
    contrast: Numbers  # over what the brush leaves
    sharpness: Numbers  # gradient over one pixel, as a share of the contrast
    flatness: Numbers  # share of the outline as bright as the brightest pixel
    chroma: Numbers  # colourfulness, 0 for grey
    hue: Numbers  # of what is colourful
    hue_spread: Numbers  # variance
    peak: Numbers  # level of the brightest pixel
    runs: Numbers  # strokes that a row crosses, on average

    @property
    def width(self) -> Numbers:
        """Width of each component's box."""
        return self.x1 - self.x0

    @property
    def height(self) -> Numbers:
        """Height of each component's box."""
        return self.y1 - self.y0

    def where(self, chosen: npt.NDArray[np.bool_] | Indices) -> Self:
        """Return some of the components, by mask or by index."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))


def square(side: int) -> Image:
    """Return a square brush."""
    return np.ones((side, side), np.uint8)


def stroke_map(
    level_HW: Image, gradient_HW: Image, mask_HW: Image, scale: Scale
) -> tuple[Image, Image]:
    """Return where strokes are (1 or 0) within the mask, and the contrast of every pixel.

    `gradient_HW` is the spread within 3 x 3 pixels.
    """
    contrast = cv2.morphologyEx(level_HW, cv2.MORPH_TOPHAT, square(scale.brush))
    highest = cv2.dilate(contrast, square(scale.reach))
    least = np.maximum(cv2.convertScaleAbs(highest, alpha=scale.share), scale.contrast)
    strokes: Image = (contrast >= least).view(np.uint8) & mask_HW
    if scale.sharpness:
        dull = cv2.convertScaleAbs(contrast, alpha=scale.sharpness)
        strokes &= (gradient_HW > dull).view(np.uint8)
    _erase_rules(strokes, 1)
    _erase_rules(strokes, 0)
    return strokes, contrast.astype(np.uint8, copy=False)


def _erase_rules(strokes_HW: Image, axis: int) -> None:
    """Erase straight lines along rows (1) or columns (0).

    Frames of flow and of zoom are drawn across text.
    """
    sums = cv2.reduce(strokes_HW, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)
    rows = np.flatnonzero(sums >= RULER)
    if len(rows):
        ruler = np.ones((1, RULER), np.uint8)
        shown = strokes_HW if axis else strokes_HW.T
        chosen = np.ascontiguousarray(shown[rows])
        rules = cv2.morphologyEx(chosen, cv2.MORPH_OPEN, ruler).astype(np.uint8, copy=False)
        shown[rows] = chosen & ~rules


class _Components(NamedTuple):
    """Components of a stroke map, and the owner and place (in the flat image) of each pixel."""

    x0: Indices
    y0: Indices
    x1: Indices
    y1: Indices
    area: Indices
    owner: Indices
    place: Indices


def _components(strokes_HW: Image) -> _Components:
    count, labels = cv2.connectedComponents(strokes_HW, connectivity=8)
    # OpenCV measures components too, but visits every pixel of the background for it.
    place = np.flatnonzero(strokes_HW.view(bool))
    owner = labels.ravel()[place].astype(np.intp) - 1
    rows, columns = np.divmod(place, strokes_HW.shape[1])
    x0, y0 = np.full((2, count - 1), max(strokes_HW.shape))
    x1, y1 = np.zeros((2, count - 1), np.intp)
    np.minimum.at(x0, owner, columns)
    np.maximum.at(x1, owner, columns)
    # Pixels come row by row, and of several assignments the last one stays.
    y0[owner[::-1]] = rows[::-1]
    y1[owner] = rows
    area = np.bincount(owner, minlength=count - 1)
    return _Components(x0, y0, x1 + 1, y1 + 1, area, owner, place)


def _letter_sized(found: _Components, highest: float) -> _Components:
    """Return the components that may be letters up to `highest` pixels high by their size."""
    width, height = found.x1 - found.x0, found.y1 - found.y0
    chosen = (
        (height >= LOWEST)
        & (height <= highest)
        & (width <= WIDEST * height)
        & (height <= SLIMMEST * width)
        & (found.area >= SPARSEST * width * height)
    )
    stays = chosen[found.owner]
    owner = (chosen.cumsum() - 1)[found.owner[stays]]
    x0, y0, x1, y1, area = (value[chosen] for value in found[:5])
    return _Components(x0, y0, x1, y1, area, owner, found.place[stays])


def measure_strokes(
    level_HW: Image,
    gradient_HW: Image,
    colour: Colour | None,
    strokes_HW: Image,
    contrast_HW: Image,
    highest: float,
) -> Strokes:
    """Return the components of a stroke map that may be letters up to `highest` pixels high.

    `gradient_HW` is the spread within 3 x 3 pixels.
    """
    found = _letter_sized(_components(strokes_HW), highest)
    count = len(found.x0)
    width = strokes_HW.shape[1]
    left = strokes_HW.ravel()[found.place - 1] & (found.place % width > 0).view(np.uint8)
    crossings = np.bincount(found.owner[left == 0], minlength=count)
    inner = cv2.erode(strokes_HW, CROSS).astype(np.uint8, copy=False).ravel()[found.place]
    owner, place = found.owner[inner == 0], found.place[inner == 0]
    edge = np.bincount(owner, minlength=count).astype(np.float64)

    def average(values: npt.NDArray[np.generic]) -> Numbers:
        return np.bincount(owner, values, count) / edge

    levels = level_HW.ravel()[place]
    peak: Image = np.zeros(count, np.uint8)
    np.maximum.at(peak, owner, levels)
    chroma, hue, hue_spread = np.zeros((3, count))
    if colour is not None:
        chroma = average(colour.chroma_HW.ravel()[place])
        hues = colour.hue_HW.ravel()[place].astype(np.float64)
        hue = average(hues)
        hue_spread = average(hues**2) - hue**2
    contrast = average(contrast_HW.ravel()[place])
    return Strokes(
        x0=found.x0.astype(np.float64),
        y0=found.y0.astype(np.float64),
        x1=found.x1.astype(np.float64),
        y1=found.y1.astype(np.float64),
        area=found.area.astype(np.float64),
        edge=edge,
        contrast=contrast,
        sharpness=average(gradient_HW.ravel()[place]) / contrast,
        flatness=average(levels >= peak[owner].astype(np.int16) - EQUAL),
        chroma=chroma,
        hue=hue,
        hue_spread=hue_spread,
        peak=peak.astype(np.float64),
        runs=crossings / (found.y1 - found.y0),
    )
