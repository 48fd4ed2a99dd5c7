"""What is kept of an image to find its copies: small pictures of it, the same for every size.

A resized, re-encoded or slightly brighter copy has nearly the same small picture. A second one,
without the constant surroundings of the first, finds copies from which a border was cut.
"""

import math

import numpy as np

from pipeline.io.images import Image, resize_image, to_grey

SIDE = 32
# An image whose brightest and darkest pixel differ by less shows nothing to compare.
LEAST_RANGE = 16
# A line whose pixels differ by no more than this share of the image's range is surroundings.
FLAT_SHARE = 0.12
# What remains without surroundings is at least this share of each side.
LEAST_REST = 0.2


def fingerprint(image: Image) -> Image:
    """Return `views_V32x32`: the whole grey image, and its inner part if it has surroundings.

    `image` is `image_HW` or `image_HWC` (RGB), of any size and aspect. No view is returned of an
    image that is nearly blank: it resembles every other such image.
    """
    grey = to_grey(image)
    if int(grey.max()) - int(grey.min()) < LEAST_RANGE:
        return np.empty((0, SIDE, SIDE), np.uint8)
    inner = without_surroundings(grey)
    views = [grey] if inner.shape == grey.shape else [grey, inner]
    return np.stack([resize_image(view, SIDE, SIDE) for view in views])


def views_of_bytes(content: bytes) -> Image:
    """Return the `views_V32x32` of whose fingerprint these are the bytes."""
    return np.frombuffer(content, np.uint8).reshape(-1, SIDE, SIDE)


def without_surroundings(grey_HW: Image) -> Image:
    """Return the image without the flat lines around it, or the image itself if too little stays.

    Lines are taken off from outside as long as each is flat over what the others leave of it.
    """
    flat = FLAT_SHARE * (int(grey_HW.max()) - int(grey_HW.min()))
    least = [math.ceil(LEAST_REST * side) for side in grey_HW.shape]
    inner, before = grey_HW, (0, 0)
    while inner.shape != before:
        before = inner.shape
        for axis in (0, 1):
            inner = _without_flat_lines(inner, axis, flat)
            if inner.shape[axis] < least[axis]:
                return grey_HW
    return inner


def _without_flat_lines(grey_HW: Image, axis: int, flat: float) -> Image:
    """Return the image from its first to its last line that is not flat; `axis` counts lines."""
    darkest = grey_HW.min(axis=1 - axis).astype(np.int16)
    uneven = np.flatnonzero(grey_HW.max(axis=1 - axis) - darkest > flat)
    kept = slice(int(uneven[0]), int(uneven[-1]) + 1) if uneven.size else slice(0, 0)
    return grey_HW[kept] if axis == 0 else grey_HW[:, kept]
