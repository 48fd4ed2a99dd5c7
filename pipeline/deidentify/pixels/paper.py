"""Light, even areas, on which machines write dark letters: boxes, bars, pages."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image

# Grey levels: paper is at least so light, and its neighbouring pixels differ by no more in any
# channel. Echo so bright is seldom that even, and flow is not.
LIGHT, EVEN = 64, 16
# Between letters and around them at least this share of a cell, across and down, is paper. With
# these no sector without text loses more than before, and dark words in boxes are found
# (`benchmarks/results/text-boxes.json`).
CELL, SHARE = (24, 12), 0.3


def dark_ink(image: Image, brightest_HW: Image, mask_HW: Image) -> Image | None:
    """Return `brightest_HW` turned round on and beside paper, 0 elsewhere; None without any paper.

    `brightest_HW` is the brightest channel of `image_HW` or `_HWC`.
    """
    paper = _even(brightest_HW) & (brightest_HW >= LIGHT).view(np.uint8) & mask_HW
    crowd = _crowd(paper)
    if not _is_full(crowd).any():
        return None
    if image.ndim == 3:
        for channel in cv2.split(np.ascontiguousarray(image)):
            paper &= _even(_image(channel))
        crowd = _crowd(paper)
    near = cv2.dilate(_is_full(crowd), np.ones(CELL[::-1], np.uint8))
    return _image(cv2.bitwise_not(brightest_HW, mask=near)) if near.any() else None


def _even(level_HW: Image) -> Image:
    square = np.ones((3, 3), np.uint8)
    return (cv2.morphologyEx(level_HW, cv2.MORPH_GRADIENT, square) <= EVEN).view(np.uint8)


def _crowd(paper_HW: Image) -> npt.NDArray[Any]:
    return cv2.boxFilter(paper_HW, cv2.CV_16U, CELL, normalize=False)


def _is_full(crowd_HW: npt.NDArray[Any]) -> Image:
    full: Image = (crowd_HW >= SHARE * CELL[0] * CELL[1]).view(np.uint8)
    return full


def _image(array: npt.NDArray[Any]) -> Image:
    return array.astype(np.uint8, copy=False)
