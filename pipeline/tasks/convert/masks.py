"""Masks of class indices from the forms in which data sets publish them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Shape
from pipeline.tasks.convert.pictures import is_volume, open_image, read_volume
from pipeline.tasks.convert.refusals import Refusal

LOSSY = ("JPEG", "WEBP")
# Foreground is at least so bright.
WHITE = 128
# After JPEG, black and white are within this of theirs; what lies between is at most this share.
NOISE, GREY_SHARE = 64, 0.05
# No class of any task.
UNKNOWN = 255
Colour = tuple[int, int, int]


def check_size(mask: npt.NDArray[Any], shape: Shape) -> None:
    """Raise Refusal when an annotation has another size than its image."""
    if mask.shape[:2] != shape:
        raise Refusal("mask_size_mismatch", "the annotation's size is not the image's")


def read_binary(path: Path) -> npt.NDArray[np.bool_]:
    """Return the foreground `_HW` of a mask of two values, whatever its pixel format.

    The brightest of red, green and blue counts; transparency does not. In a file without loss, the
    only value beside 0 is foreground. Else white is, and grey is noise of JPEG or a soft border, of
    which there may be little. Raises Refusal otherwise.
    """
    opened = open_image(path, "unreadable_mask")
    level = np.asarray(opened.convert("RGB")).max(axis=2)
    is_lossy, brightest = opened.format in LOSSY, int(level.max())
    if not is_lossy and np.isin(level, (0, brightest)).all():
        return np.asarray(level > 0)
    grey = np.count_nonzero((level >= NOISE) & (level < 255 - NOISE))
    if grey > GREY_SHARE * level.size or (brightest < WHITE and not is_lossy):
        raise Refusal(
            "unknown_mask_value", "the mask is neither of two values, nor black and white"
        )
    return np.asarray(level >= WHITE)


def union(paths: Iterable[Path], shape: Shape) -> Image:
    """Return 1 where any of several binary masks is foreground; raise Refusal if one is bad."""

    def add(total: npt.NDArray[np.bool_], path: Path) -> npt.NDArray[np.bool_]:
        part = read_binary(path)
        check_size(part, shape)
        return total | part

    return reduce(add, paths, np.zeros(shape, np.bool_)).astype(np.uint8)


def read_values(path: Path) -> npt.NDArray[Any]:
    """Return the numbers `_HW` that a class-index mask stores: of a palette, its indices."""
    if is_volume(path):
        values = read_volume(path, "unreadable_mask")
    else:
        opened = open_image(path, "unreadable_mask")
        values = np.asarray(opened).astype(np.int64)
        if values.ndim == 3:
            values = values[..., : len(opened.getbands()) - ("A" in opened.getbands())]
    if values.ndim == 2:
        return values
    if (values != values[..., :1]).any():
        raise Refusal("unknown_mask_value", "the mask is coloured, where indices were expected")
    return values[..., 0]


def by_value(path: Path, shape: Shape, classes: Mapping[int, int]) -> Image:
    """Return class indices `_HW` from stored values; raise Refusal when one has no class."""
    values = read_values(path)
    check_size(values, shape)
    if not np.isin(values, list(classes)).all():
        raise Refusal("unknown_mask_value", "the mask has a value that stands for no class")
    table = np.zeros(256, np.uint8)
    table[list(classes)] = list(classes.values())
    return np.asarray(table[values], np.uint8)


def by_colour(path: Path, shape: Shape, classes: Mapping[Colour, int]) -> Image:
    """Return class indices `_HW` from colours; raise Refusal when one has no class."""
    colours = np.asarray(open_image(path, "unreadable_mask").convert("RGB"))
    check_size(colours, shape)
    mask = np.full(shape, UNKNOWN, np.uint8)
    for colour, index in classes.items():
        mask[(colours == colour).all(axis=2)] = index
    if (mask == UNKNOWN).any():
        raise Refusal("unknown_mask_value", "the mask has a colour that stands for no class")
    return mask


def fill_polygons(polygons: Sequence[Sequence[tuple[float, float]]], shape: Shape) -> Image:
    """Return 1 inside any of several polygons of (x, y), their borders included."""
    mask = np.zeros(shape, np.uint8)
    for polygon in polygons:
        cv2.fillPoly(mask, [np.rint(polygon).astype(np.int32)], 1)
    return mask


def require_foreground(mask: Image) -> Image:
    """Return the mask; raise Refusal when nothing is annotated in it."""
    if not mask.any():
        raise Refusal("empty_mask", "nothing is annotated")
    return mask
