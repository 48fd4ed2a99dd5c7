"""Is an image tinted: are its colours those of a map of grey levels, such as sepia or candle?

Then colour says nothing of what a pixel shows. Of an image with flow, or with coloured letters on
grey, colour tells these from tissue.
"""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image

# So many rows and columns apart pixels tell as much; fewer of them tell nothing.
SPARSE, FEWEST = 3, 200
# Darker pixels have no colour to speak of.
DARK = 32
# Of a tinted image at least so many lit pixels are coloured (dark ones less than counts), and of so
# many, as of so many coloured ones, the colour follows from the brightness, within so many levels;
# the rest is letters, and what a lossy codec made of edges.
COLOURED, FOLLOWING, TOLERANCE = 0.3, 0.95, 32


def is_tinted(image_HWC: Image, brightest_HW: Image, coloured_HW: Image, mask_HW: Image) -> bool:
    """Tell whether within the mask colour follows from brightness.

    `brightest_HW` is the brightest channel, `coloured_HW` tells which pixels are coloured.
    """
    apart = np.s_[::SPARSE, ::SPARSE]
    lit = (brightest_HW[apart] >= DARK) & (mask_HW[apart] > 0)
    level, coloured = brightest_HW[apart][lit], coloured_HW[apart][lit] > 0
    if level.size < FEWEST or coloured.mean() < COLOURED:
        return False
    count = np.bincount(level, minlength=256)
    following = np.ones(level.size, bool)
    for channel in cv2.split(image_HWC[apart]):
        values = channel[lit].astype(np.float64)
        total = np.bincount(level, values, minlength=256)
        usual = _smooth(total) / np.maximum(_smooth(count), 1)
        following &= np.abs(values - usual[level]) <= TOLERANCE
    return bool(min(following.mean(), following[coloured].mean()) >= FOLLOWING)


def _smooth(histogram: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.convolve(histogram, np.ones(5), "same")
