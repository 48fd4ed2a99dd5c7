"""Is a frame grey, or does it show colour: flow, elastography, a tinted scale?"""

import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image, channel_extremes

# Lossy colour transforms leave greys with differences of a few levels between channels.
GREY_TOLERANCE = 12
# Real screens have up to a sixth of tinted scales and pages; a mistaken colour space tints all.
NEUTRAL_SHARE = 0.8


def coloured_share(image: Image, mask_HW: npt.NDArray[np.bool_] | None = None) -> float:
    """Return the share of pixels of `image_HW` or `image_HWC` (within `mask_HW`) with chroma.

    A pixel has chroma when its channels differ by more than GREY_TOLERANCE levels.
    """
    if image.ndim == 2:
        return 0.0
    darkest, brightest = channel_extremes(image)
    coloured = brightest - darkest > GREY_TOLERANCE
    inside = coloured if mask_HW is None else coloured[mask_HW]
    return float(inside.mean()) if inside.size else 0.0


def is_neutral_grey(image: Image) -> bool:
    """Return whether nearly all of a frame is grey, as most of every ultrasound screen is.

    A frame decoded in the wrong colour space (YCbCr taken for RGB) turns green or purple all over
    and fails.
    """
    return coloured_share(image) < 1 - NEUTRAL_SHARE


def has_doppler(image: Image, sector_HW: npt.NDArray[np.bool_], least_share: float) -> bool:
    """Return whether at least `least_share` of the sector's pixels show colour."""
    return coloured_share(image, sector_HW) >= least_share
