"""Thin bright strokes of one grey image, as connected components with what tells ink from echo.

A white top-hat keeps what is brighter than its surroundings and thinner than the brush. Pixels at
more than half of the highest contrast nearby form a component: where ink of one level lies on
tissue that is half as bright, that contour is the letter's own.
"""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image

Numbers = npt.NDArray[np.float64]
CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
# No letter has so long a straight stroke, in pixels.
RULERS = np.ones((1, 61), np.uint8), np.ones((61, 1), np.uint8)
# Levels within so many grey levels of a component's brightest pixel count as equal to it.
EQUAL = 15


@dataclass(frozen=True)
class Scale:
    """Strokes thinner than `brush` pixels, judged by the contrast within `reach` pixels."""

    brush: int
    reach: int
    contrast: int


# Letters of about 7 to 16 pixels, and of up to 50. A thin brush hides speckle better.
SCALES = (Scale(5, 5, 28), Scale(11, 9, 34))


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

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> Self:
        """Return some of the components, by mask or by index."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))


def square(side: int) -> Image:
    """Return a square brush."""
    return np.ones((side, side), np.uint8)


def stroke_map(level_HW: Image, mask_HW: Image, scale: Scale) -> tuple[Image, Image]:
    """Return where strokes are (1 or 0) within the mask, and the contrast of every pixel."""
    contrast = cv2.morphologyEx(level_HW, cv2.MORPH_TOPHAT, square(scale.brush))
    highest = cv2.dilate(contrast, square(scale.reach))
    least = np.maximum(cv2.convertScaleAbs(highest, alpha=0.5), scale.contrast)
    strokes = (contrast >= least).astype(np.uint8) & mask_HW
    for brush in RULERS:
        # Frames of flow and of zoom are drawn across text, in the same white.
        strokes &= 1 - cv2.morphologyEx(strokes, cv2.MORPH_OPEN, brush).astype(np.uint8)
    return strokes, contrast.astype(np.uint8, copy=False)


def measure_strokes(
    level_HW: Image, gradient_HW: Image, colour: Colour | None, strokes_HW: Image, contrast: Image
) -> Strokes:
    """Return the components of a stroke map. `gradient_HW` is the spread within 3 x 3 pixels."""
    number, labels, boxes, _ = cv2.connectedComponentsWithStats(strokes_HW, connectivity=8)
    count = number - 1
    outline = strokes_HW - cv2.erode(strokes_HW, CROSS)
    rows, columns = np.nonzero(outline)
    owner = labels[rows, columns].astype(np.intp) - 1
    edge = np.bincount(owner, minlength=count).astype(np.float64)

    def average(values: npt.NDArray[np.generic]) -> Numbers:
        return np.bincount(owner, values, count) / edge

    levels, contrasts = level_HW[rows, columns], contrast[rows, columns]
    peak: Image = np.zeros(count, np.uint8)
    np.maximum.at(peak, owner, levels)
    starts = strokes_HW.copy()
    starts[:, 1:] &= strokes_HW[:, :-1] ^ 1
    crossings = np.bincount(labels[np.nonzero(starts)] - 1, minlength=count)
    chroma, hue, hue_spread = np.zeros((3, count))
    if colour is not None:
        chroma = average(colour.chroma_HW[rows, columns])
        hues = colour.hue_HW[rows, columns].astype(np.float64)
        hue = average(hues)
        hue_spread = average(hues**2) - hue**2
    x0, y0, width, height, area = boxes[1:].astype(np.float64).T
    mean_contrast = average(contrasts)
    return Strokes(
        x0=x0,
        y0=y0,
        x1=x0 + width,
        y1=y0 + height,
        area=area,
        edge=edge,
        contrast=mean_contrast,
        sharpness=average(gradient_HW[rows, columns]) / mean_contrast,
        flatness=average(levels >= peak[owner].astype(np.int16) - EQUAL),
        chroma=chroma,
        hue=hue,
        hue_spread=hue_spread,
        peak=peak.astype(np.float64),
        runs=crossings / height,
    )
