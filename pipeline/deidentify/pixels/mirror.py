"""The dark half of a fan: where a probe touches with one side only, the other shows no echo.

A fan is the same on both sides of its axis, so what is lit is reflected there and fitted again.
The axis is the middle of a stated region or, where none is stated and half of a fan is lit, the
column at which the light ends. Only dark pixels are gained. How wide a rectangle is of which half
is lit, nothing but a region tells.
"""

from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.fan import Mask
from pipeline.deidentify.pixels.fan_fit import FittedFan, fit_fan
from pipeline.io.images import Image

# A side is dark when the mask covers at most this share of what it covers on the other, and the
# fan fitted to both sides agrees with the lit one when it adds at most this share of it in the
# dark: first where a region is stated, then where only the picture tells.
DARK_SIDE, LIT_SIDE_GAIN = (0.8, 0.1), (0.5, 0.03)
# The dark side of the image is at least so wide, in widths of what is lit on the other.
LEAST_ROOM = 0.9
# What is gained shows something in at most this share of its pixels.
SHOWN_GAIN = 0.001
# So near to something lossy compression may show a smear of it.
SMEAR = np.ones((15, 15), np.uint8)
# The light ends straight down at a side that is so high, as a share of the mask's height.
WALL_HEIGHT = 0.25
# Rays at a smaller angle, in radians, are those of a rectangle.
LEAST_ANGLE = 0.1


class Shown(NamedTuple):
    """What an image `_HW` shows: what is lit for certain, speckle, faint speckle, and anything."""

    lit: Image
    bright: Mask
    faint: Mask
    anything: Mask


def with_dark_half(fitted: FittedFan, shown: Shown, stated: bool) -> Mask:
    """Return the mask of a fan, with its dark half when only the other is lit.

    `stated` tells whether the image is a region that the header states.
    """
    for twice in _axes(fitted, stated):
        gained = _gained(fitted.mask, shown, twice, stated)
        if gained is not None:
            return fitted.mask | gained
    return fitted.mask


def _axes(fitted: FittedFan, stated: bool) -> list[int]:
    """Return twice the column of whatever may be the axis; a whole fan ends in tips, not walls."""
    fan, mask, _ = fitted
    x0, _, width, height = cv2.boundingRect(mask.view(np.uint8))
    ends = (x0, 2 * x0 - 1), (x0 + width - 1, 2 * (x0 + width) - 1)
    walls = [twice for end, twice in ends if np.count_nonzero(mask[:, end]) >= WALL_HEIGHT * height]
    if stated:
        return [mask.shape[1] - 1] if walls else []
    return walls if fan.right - fan.left >= LEAST_ANGLE else []


def _gained(mask_HW: Mask, shown: Shown, twice: int, stated: bool) -> Mask | None:
    """Return the dark pixels beyond a mask that belong to it if it has this axis, else None."""
    dark_side, lit_side_gain = (limits[not stated] for limits in (DARK_SIDE, LIT_SIDE_GAIN))
    sides = np.s_[:, : (twice + 1) // 2], np.s_[:, twice // 2 + 1 :]
    dark, light = sorted(sides, key=lambda side: np.count_nonzero(mask_HW[side]))
    area = np.count_nonzero(mask_HW[light])
    if np.count_nonzero(mask_HW[dark]) > dark_side * area:
        return None
    if mask_HW[dark].shape[1] < LEAST_ROOM * np.count_nonzero(mask_HW[light].any(axis=0)):
        return None
    beside, others = _beside(mask_HW), shown.anything & ~_widened(mask_HW)

    def is_dark(gained: Mask) -> bool:
        seen, total = np.count_nonzero(gained & others), np.count_nonzero(gained)
        return bool(total and seen <= SHOWN_GAIN * total)

    # To fit a fan takes far longer than to see that the mask's reflection is not dark.
    if not is_dark(_reflected(mask_HW, twice) & beside):
        return None
    gained = fit_fan(*(_reflected(part, twice) for part in shown[:3])).mask & ~mask_HW
    if np.count_nonzero((gained & ~shown.anything)[light]) > lit_side_gain * area:
        return None
    gained &= beside
    return gained & ~_widened(shown.anything & ~mask_HW) if is_dark(gained) else None


def _beside(mask_HW: Mask) -> Mask:
    """Return the columns that a mask does not reach, as a mask."""
    return np.broadcast_to(~mask_HW.any(axis=0), mask_HW.shape)


def _reflected(shown_HW: npt.NDArray[Any], twice: int) -> npt.NDArray[Any]:
    """Return an image with its reflection at a column, given twice, laid over it."""
    columns = twice - np.arange(shown_HW.shape[1])
    known = (columns >= 0) & (columns < shown_HW.shape[1])
    both = shown_HW.copy()
    both[:, known] |= shown_HW[:, columns[known]]
    return both


def _widened(mask_HW: Mask) -> Mask:
    return cv2.dilate(mask_HW.view(np.uint8), SMEAR).astype(bool)
