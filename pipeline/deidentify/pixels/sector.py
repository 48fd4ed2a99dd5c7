"""Which pixels of a frame may stay: the insonated sector, and nothing outside it.

Banners, patient text, scales and page background lie outside the sector, so everything outside is
painted black. Speckle tells the sector from the rest: in it most pixels are bright and differ from
their neighbours. Bars and page background are flat, and text covers less than half of its line.
The sector is the smallest fan around the speckled areas within the regions that the header states,
or their convex hull where no fan fits.

A stated region is never kept whole, because makers draw text inside it. A part of the sector too
dark to tell from the page may be lost.
"""

from typing import Any, NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.fan_fit import fit_fan
from pipeline.deidentify.pixels.mirror import Shown, with_dark_half
from pipeline.io.images import Image, to_grey
from pipeline.io.regions import Box

Mask = npt.NDArray[np.bool_]
# Neighbours that differ by no more, in grey levels, are a flat bar even after lossy compression.
FLAT = 2
# Side of the window in which speckle is counted, in pixels.
WINDOW = 5
# Share of the window that speckle fills and text does not. Stated regions hold less text than the
# page around them, so there sparser speckle is believed. On a page, where lossy compression smears
# letters into something like speckle, 0.5 is too little.
FILLED_IN_REGION, FILLED_ON_PAGE = 0.25, 0.58
# As shares of the frame's shorter side: a line of text is lower than the first, a bar of buttons
# lower than the second and longer than this many times its height.
TEXT_SHARE, BAR_SHARE, BAR_ASPECT = 0.045, 0.08, 3
# The smallest legible letters are lower than this, in pixels, however small the frame.
LOWEST_TEXT = 9
# Faint speckle is brighter than the page by so many grey levels or widths of the page's noise.
FAINTEST, NOISE_WIDTHS = 1, 6
# A fan so much larger than the hull of what is lit is no fan.
LARGEST_FAN = 1.5
# An area smaller than this share of the largest is a logo or a block of text.
PART_SHARE = 0.02
# Less than this share of the frame is no sector.
SMALLEST_SHARE = 0.01
# Marks a component in a mask of zeros and ones.
CHOSEN = 2


class Sector(NamedTuple):
    """The pixels that stay, `mask_HW`, their bounding box, and how they were found."""

    mask: Mask
    box: Box
    basis: str


class _Speckle(NamedTuple):
    """Where a grey image `_HW` has speckle, faint speckle, and anything at all.

    `dense` is 1 where speckle fills its surroundings, and `high` where such areas are higher than
    a line of text.
    """

    bright: Mask
    faint: Mask
    anything: Mask
    dense: Image
    high: Image

    def within(self, area: tuple[slice, slice]) -> Self:
        """Return a part of the image."""
        bright, faint, anything, dense, high = self
        return type(self)(bright[area], faint[area], anything[area], dense[area], high[area])


def _speckled(grey: Image, threshold: int, filled: float) -> _Speckle:
    """Find speckle, and the areas it fills without what is as low as a line of text."""
    contrast = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    anything = grey > threshold
    bright = anything & (contrast > FLAT)
    count = cv2.boxFilter(bright.view(np.uint8), -1, (WINDOW, WINDOW), normalize=False)
    side = max(LOWEST_TEXT, round(min(grey.shape) * TEXT_SHARE))
    high = _opened(_above(count, filled * WINDOW**2), side)
    dense = _above(count, FILLED_ON_PAGE * WINDOW**2)
    return _Speckle(bright, _faint(grey, high) & (contrast > 0), anything, dense, high)


def _above(values_HW: npt.NDArray[Any], limit: float) -> Image:
    """Return where (1 or 0) whole numbers of 8 bits are larger than a limit."""
    return cv2.threshold(values_HW, limit, 1, cv2.THRESH_BINARY)[1].astype(np.uint8, copy=False)


def _opened(dense: Image, side: int) -> Image:
    return cv2.morphologyEx(dense, cv2.MORPH_OPEN, np.ones((side, side), np.uint8)).astype(
        np.uint8, copy=False
    )


def _faint(grey: Image, opened: Image) -> Mask:
    """Return where an image is brighter than the page's own noise."""
    page = cv2.calcHist([grey], [0], 1 - opened, [256], [0, 256]).ravel().astype(np.int64)
    if not page.any():
        return np.ones(grey.shape, bool)
    values = np.arange(256)
    level = _median(values, page)
    noise = _median(np.abs(values - level), page)
    return np.asarray(grey > level + max(FAINTEST, NOISE_WIDTHS * noise))


def _median(values: npt.NDArray[np.generic], counts: npt.NDArray[np.int64]) -> float:
    """Return the median of values that occur so many times each."""
    order = np.argsort(values, kind="stable")
    ends = counts[order].cumsum()
    middle = np.searchsorted(ends, [(ends[-1] - 1) // 2, ends[-1] // 2], side="right")
    return float(values[order][middle].mean())


def _sector_parts(high: Image, bar_height: float) -> Image:
    """Return where (1 or 0) the high areas are that are neither logos nor bars."""
    parts = high.copy()
    found = [(seed, *_fill(parts, seed, CHOSEN)) for seed in _seeds(high)]
    largest = max((area for _, area, _, _ in found), default=0)
    for seed, area, width, height in found:
        low, long = min(width, height), max(width, height)
        is_bar = low < bar_height and long > BAR_ASPECT * low
        if is_bar or area < PART_SHARE * largest:
            _fill(parts, seed, 0)
    return _chosen(parts)


def _seeds(mask_HW: Image) -> list[tuple[int, int]]:
    """Return a pixel (x, y) of each component of a mask.

    What has few components is filled from such pixels in far less time than it is labelled.
    """
    outlines, levels = cv2.findContours(mask_HW, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if levels is None:
        return []
    # Outlines of holes have the outline of their component above them.
    outer = [line for line, level in zip(outlines, levels[0], strict=True) if level[3] < 0]
    return [(int(line[0, 0, 0]), int(line[0, 0, 1])) for line in outer]


def _fill(mask_HW: Image, seed: tuple[int, int], value: int) -> tuple[int, int, int]:
    """Give the component around a pixel a value in place; return its area, width and height."""
    area, _, _, (_, _, width, height) = cv2.floodFill(mask_HW, None, seed, value, flags=8)
    return area, width, height


def _chosen(marked_HW: Image) -> Image:
    """Return where (1 or 0) components were chosen."""
    return _above(marked_HW, CHOSEN - 1)


def _regrown(parts: Image, dense: Image) -> Image:
    """Return parts of the sector with exact edges, and with corners, which are as low as text."""
    touched = _opened(dense, LOWEST_TEXT)
    for x, y in _seeds(touched & parts):
        if touched[y, x] != CHOSEN:
            _fill(touched, (x, y), CHOSEN)
    # Where little speckle counts, the window that it is counted in reaches beyond the edge.
    inner = cv2.erode(parts, np.ones((WINDOW, WINDOW), np.uint8)).astype(np.uint8)
    return inner | _chosen(touched)


def _shape(speckle: _Speckle, bar_height: float, stated: bool) -> Mask:
    """Return the fan around what is lit, or the convex hull when what is lit is no fan."""
    parts = _sector_parts(speckle.high, bar_height)
    hull = np.zeros(parts.shape, np.uint8)
    if not parts.any():
        return hull.view(bool)
    lit = _regrown(parts, speckle.dense)
    fitted = fit_fan(lit, speckle.bright, speckle.faint)
    cv2.fillConvexPoly(hull, fitted.hull, 1)
    if cv2.countNonZero(fitted.mask.view(np.uint8)) > LARGEST_FAN * cv2.countNonZero(hull):
        fitted = fitted._replace(mask=hull.view(bool))
    shown = Shown(lit, speckle.bright, speckle.faint, speckle.anything)
    return with_dark_half(fitted, shown, stated)


def find_sector(brightest: Image, boxes: tuple[Box, ...], threshold: int) -> Sector | None:
    """Return the sector of an instance, or None when no speckle shows one.

    `brightest_HW` or `_HWC` is the maximum over frames, so that a sector dark in one frame is
    seen in another. `boxes` are the regions that the header states.
    """
    grey = to_grey(brightest)
    speckle = _speckled(grey, threshold, FILLED_IN_REGION if boxes else FILLED_ON_PAGE)
    mask = np.zeros(grey.shape, bool)
    # Each region on its own: the hull over two panels would span what lies between them.
    for box in boxes or (Box(0, 0, grey.shape[1], grey.shape[0]),):
        region = np.s_[box.y0 : box.y1, box.x0 : box.x1]
        part = speckle.within(region)
        mask[region] |= _shape(part, min(grey.shape) * BAR_SHARE, bool(boxes))
    lit = mask.view(np.uint8)
    if cv2.countNonZero(lit) / mask.size < SMALLEST_SHARE:
        return None
    x0, y0, width, height = cv2.boundingRect(lit)
    basis = "regions" if boxes else "detected"
    return Sector(mask, Box(x0, y0, x0 + width, y0 + height), basis)


def blank_outside(frame: Image, mask: Mask) -> tuple[Image, float]:
    """Return `frame` with everything outside `mask_HW` black, and the share of pixels changed."""
    cleaned: Image = np.zeros_like(frame)
    cv2.copyTo(frame, mask.view(np.uint8), cleaned)
    shown, *others = cv2.split(frame)
    for channel in others:
        shown = cv2.bitwise_or(shown, channel)
    changed = cv2.countNonZero(cv2.copyTo(shown, (~mask).view(np.uint8)))
    return cleaned, 1 - (mask.size - changed) / mask.size
