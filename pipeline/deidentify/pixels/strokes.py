"""Strokes: connected components of stroke maps, with what tells ink from echo."""

from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.stroke_maps import Indices, StrokeMaps
from pipeline.io.images import Image

Numbers = npt.NDArray[np.float64]
# A letter is at least so high in pixels. A stroke of letters written together is wider than high,
# an `l` is higher than wide.
LOWEST, WIDEST, SLIMMEST = 4, 14, 9
SPARSEST = 0.12  # share of its box that a stroke fills; a diagonal line fills less
# Levels within so many grey levels of a component's brightest pixel count as equal to it.
EQUAL = 15


class Colour(NamedTuple):
    """How colourful pixels `_HW` are, and where their middle channel lies between the others."""

    chroma_HW: Image
    hue_HW: Image


@dataclass(frozen=True)
class Strokes:
    """Components, one value each; levels and contrasts are in grey levels, sizes in pixels."""

    map: Indices  # which of the maps shows it
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


class _Components(NamedTuple):
    """Components of stroke maps: which map, their boxes in it, areas, and how many runs of rows."""

    map: Indices
    x0: Indices
    y0: Indices
    x1: Indices
    y1: Indices
    area: Indices
    runs: Indices

    def letter_sized(self, highest: float) -> npt.NDArray[np.bool_]:
        """Return which may be letters up to `highest` pixels high by their size."""
        width, height = self.x1 - self.x0, self.y1 - self.y0
        return np.asarray(
            (height >= LOWEST)
            & (height <= highest)
            & (width <= WIDEST * height)
            & (height <= SLIMMEST * width)
            & (self.area >= SPARSEST * width * height)
        )


def _components(
    strokes_GHW: Image, label: npt.NDArray[np.int32], place: Indices, count: int
) -> _Components:
    """Return the components, from the labels of stroke pixels and their places in the flat maps.

    OpenCV measures components too, but visits every pixel of the background for it.
    """
    _, rows, width = strokes_GHW.shape
    column = place % width
    begins = np.ones(len(place) + 1, bool)  # of runs of pixels, and the end of the last one
    begins[1:-1] = (np.diff(place) > 1) | (column[1:] == 0)
    bounds = np.flatnonzero(begins)
    first, length = bounds[:-1], np.diff(bounds)
    owner, row = label[first], place[first] // width
    x0, x1, y0, y1 = np.zeros((4, count), np.intp)
    x0[:] = width
    np.minimum.at(x0, owner, column[first])
    np.maximum.at(x1, owner, column[first] + length)
    # Runs come row by row, and of several assignments the last one stays.
    y0[owner[::-1]] = row[::-1]
    y1[owner] = row
    area = np.bincount(owner, length, count).astype(np.intp)
    shown, y0 = np.divmod(y0, rows)
    return _Components(shown, x0, y0, x1, y1 % rows + 1, area, np.bincount(owner, minlength=count))


def measure_strokes(maps: StrokeMaps, colour: Colour | None, highest: float) -> Strokes:
    """Return the components of stroke maps that may be letters up to `highest` pixels high.

    `colour` is that of the pixels of each map.
    """
    _, rows, width = maps.strokes.shape
    labelled = cv2.connectedComponents(maps.strokes.reshape(-1, width), connectivity=8)
    labels: npt.NDArray[np.int32] = labelled[1].ravel().astype(np.int32, copy=False)
    place = np.flatnonzero(maps.strokes.view(bool))
    found = _components(maps.strokes, labels[place] - 1, place, labelled[0] - 1)
    chosen = found.letter_sized(highest)
    found = _Components(*(values[chosen] for values in found))
    count = len(found.x0)

    place = place[maps.edge.ravel()[place].view(bool)]
    owner = labels[place] - 1
    stays = chosen[owner]
    place, owner = place[stays], (chosen.cumsum() - 1)[owner[stays]]
    edge = np.bincount(owner, minlength=count).astype(np.float64)

    def average(values: npt.NDArray[np.generic]) -> Numbers:
        return np.bincount(owner, values, count) / edge

    pixels = maps.pixels(place)

    def shown(images: list[Image]) -> Image:
        return np.concatenate([image[at] for image, at in zip(images, pixels, strict=True)])

    levels = shown(maps.level)
    peak: Image = np.zeros(count, np.uint8)
    np.maximum.at(peak, owner, levels)
    chroma, hue, hue_spread = np.zeros((3, count))
    if colour is not None:
        pixel = place % (rows * width)
        chroma = average(colour.chroma_HW.ravel()[pixel])
        hues = colour.hue_HW.ravel()[pixel].astype(np.float64)
        hue = average(hues)
        hue_spread = average(hues**2) - hue**2
    contrast = average(shown(maps.contrast))
    return Strokes(
        map=found.map,
        x0=found.x0.astype(np.float64),
        y0=found.y0.astype(np.float64),
        x1=found.x1.astype(np.float64),
        y1=found.y1.astype(np.float64),
        area=found.area.astype(np.float64),
        edge=edge,
        contrast=contrast,
        sharpness=average(shown(maps.gradient)) / contrast,
        flatness=average(levels >= peak[owner].astype(np.int16) - EQUAL),
        chroma=chroma,
        hue=hue,
        hue_spread=hue_spread,
        peak=peak.astype(np.float64),
        runs=found.runs / (found.y1 - found.y0),
    )
