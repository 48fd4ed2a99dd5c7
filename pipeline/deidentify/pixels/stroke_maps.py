"""Thin bright strokes of grey images, as maps of where they are.

A white top-hat keeps what is brighter than its surroundings and thinner than the brush. Pixels at
more than some share of the highest contrast nearby form a component: where ink of one level lies
on tissue that is darker than this share, that contour is the letter's own. Of thin strokes only
pixels whose level falls within a pixel count, which parts ink from a blurred line that it crosses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
# No letter has so long a straight stroke, in pixels.
RULER = 61


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


class Level(NamedTuple):
    """A grey image, and the area of it in which it shows what others do not."""

    image_HW: Image
    area: tuple[slice, slice]


class StrokeMaps(NamedTuple):
    """Maps `_GHW` of the strokes of each level at each scale, all of one size.

    `strokes` is 1 where strokes are and `edge` where their outlines are. The last row of each map
    is empty, so that one above the other they are one image of which no component is in two.
    `areas_G4` (x0, y0, x1, y1) is what was searched, and the rest of a map is 0. For each map,
    images of its area only: `level`, `gradient` (the spread within 3 x 3 pixels), and `contrast`
    over what the brush leaves.
    """

    strokes: Image
    edge: Image
    areas_G4: Indices
    level: list[Image]
    gradient: list[Image]
    contrast: list[Image]

    def pixels(self, place: Indices) -> list[tuple[Indices, Indices]]:
        """Return rows and columns within each map's area of places in the flat maps, in order."""
        _, rows, width = self.strokes.shape
        above = np.arange(len(self.areas_G4) + 1) * rows
        ends = np.searchsorted(place, above * width).tolist()
        corners = (above[:-1] + self.areas_G4[:, 1]) * width + self.areas_G4[:, 0]
        return [
            np.divmod(place[first:last] - corner, width)
            for first, last, corner in zip(ends, ends[1:], corners.tolist(), strict=False)
        ]


def square(side: int) -> Image:
    """Return a square brush."""
    return np.ones((side, side), np.uint8)


def stroke_maps(levels: Sequence[Level], mask_HW: Image) -> StrokeMaps:
    """Return where strokes are within the mask (1 or 0), in each level at each scale."""
    height, width = mask_HW.shape
    size = len(levels) * len(SCALES), height + 1, width
    found, edges = np.zeros((2, *size), np.uint8)
    maps = StrokeMaps(found, edges, np.zeros((size[0], 4), np.intp), [], [], [])
    for number, level in enumerate(levels):
        (y0, y1, _), (x0, x1, _) = (
            part.indices(most) for part, most in zip(level.area, (height, width), strict=True)
        )
        image, mask = level.image_HW[y0:y1, x0:x1], mask_HW[y0:y1, x0:x1]
        gradient = _image(cv2.morphologyEx(image, cv2.MORPH_GRADIENT, square(3)))
        for place, scale in enumerate(SCALES, start=number * len(SCALES)):
            strokes, contrast = _strokes(image, gradient, mask, scale)
            found[place, y0:y1, x0:x1] = strokes
            edges[place, y0:y1, x0:x1] = strokes ^ _image(cv2.erode(strokes, CROSS))
            maps.areas_G4[place] = x0, y0, x1, y1
            maps.level.append(image)
            maps.gradient.append(gradient)
            maps.contrast.append(contrast)
    return maps


def _image(array: npt.NDArray[Any]) -> Image:
    """OpenCV keeps the type of what it is given; its annotations cannot say so."""
    return array.astype(np.uint8, copy=False)


def _strokes(
    level_HW: Image, gradient_HW: Image, mask_HW: Image, scale: Scale
) -> tuple[Image, Image]:
    """Return where strokes are within the mask, and the contrast of every pixel."""
    contrast = _image(cv2.morphologyEx(level_HW, cv2.MORPH_TOPHAT, square(scale.brush)))
    highest = cv2.dilate(contrast, square(scale.reach))
    share = cv2.convertScaleAbs(highest, alpha=scale.share)
    found: Mask = (contrast >= share) & (contrast >= scale.contrast)
    strokes: Image = found.view(np.uint8) & mask_HW
    if scale.sharpness:
        dull = cv2.convertScaleAbs(contrast, alpha=scale.sharpness)
        strokes &= (gradient_HW > dull).view(np.uint8)
    _erase_rules(strokes, 1)
    _erase_rules(strokes, 0)
    return strokes, contrast


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
        rules = _image(cv2.morphologyEx(chosen, cv2.MORPH_OPEN, ruler))
        shown[rows] = chosen & ~rules
