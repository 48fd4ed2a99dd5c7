"""PNG bytes to arrays and back, and resizing."""

import struct
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from isal import isal_zlib

Image = npt.NDArray[np.uint8]

# Of the PNG standard (W3C, third edition): 5.2, colour types of 11.2.1, filters of 9.2.
PNG_MARK = b"\x89PNG\r\n\x1a\n"
PNG_COLOURS = {(2, 1): 0, (3, 3): 2}  # grey, RGB, by dimensions and channels
PNG_FILTER_SUB = 1
# ISA-L's level 3 gives other bytes where a CPU has AVX-512.
PNG_LEVEL = 2

# One thread: jobs run side by side, and OpenCV's own pool would fight them for cores.
cv2.setNumThreads(1)


def _uint8(array: npt.NDArray[Any]) -> Image:
    """OpenCV keeps the type of what it is given; its annotations cannot say so."""
    return array.astype(np.uint8, copy=False)


def encode_png(image: Image) -> bytes:
    """Return `image_HW` or `image_HWC` (RGB) as PNG bytes.

    Raises ValueError when the image is empty or of another kind.
    """
    channels = image.shape[2] if image.ndim == 3 else 1
    if image.dtype != np.uint8 or image.size == 0 or (image.ndim, channels) not in PNG_COLOURS:
        raise ValueError(f"cannot encode an image of shape {image.shape} as PNG")
    height, width = image.shape[:2]
    colour = PNG_COLOURS[image.ndim, channels]
    header = struct.pack(">2L5B", width, height, 8, colour, 0, 0, 0)
    # ISA-L takes a quarter of the time of OpenCV's encoder and writes smaller files.
    content = isal_zlib.compress(_filtered(image.reshape(height, -1), channels), PNG_LEVEL)
    parts = (b"IHDR", header), (b"IDAT", content), (b"IEND", b"")
    return PNG_MARK + b"".join(_chunk(kind, part) for kind, part in parts)


def _filtered(rows: Image, channels: int) -> Image:
    """Return rows as their differences from the pixel to the left, after the filter's number."""
    filtered: Image = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = PNG_FILTER_SUB
    filtered[:, 1 : channels + 1] = rows[:, :channels]
    np.subtract(rows[:, channels:], rows[:, :-channels], out=filtered[:, channels + 1 :])
    return filtered


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = isal_zlib.crc32(content, isal_zlib.crc32(kind))
    return b"%s%s%s%s" % (struct.pack(">L", len(content)), kind, content, struct.pack(">L", check))


def decode_png(content: bytes) -> Image:
    """Return the stored array: `image_HW` for a grey image, `image_HWC` (RGB) for a colour one."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError("these bytes are not an image")
    return _uint8(image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def to_grey(image: Image) -> Image:
    """Return `image_HW`, by luminance when `image` has three channels."""
    return image if image.ndim == 2 else _uint8(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY))


def resize_image(image: Image, height: int, width: int) -> Image:
    """Resize grey levels: area-averaged when shrinking, bilinear when growing."""
    shrinks = height * width < image.shape[0] * image.shape[1]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return _uint8(cv2.resize(image, (width, height), interpolation=method))


def resize_labels(mask: Image, height: int, width: int) -> Image:
    """Resize class indices by nearest neighbour: no new values appear."""
    return _uint8(cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT))
