"""PNG bytes to arrays and back, 16 bits to 8, and resizing."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
# Bits of a pixel that scanners use; a file has room for 8 or 16.
DEPTHS = (8, 12, 16)

# One thread: jobs run side by side, and OpenCV's own pool would fight them for cores.
cv2.setNumThreads(1)


def _uint8(array: npt.NDArray[Any]) -> Image:
    """OpenCV keeps the type of what it is given; its annotations cannot say so."""
    return array.astype(np.uint8, copy=False)


def encode_png(image: Image) -> bytes:
    """Return `image_HW` or `image_HWC` (RGB) as PNG bytes."""
    # OpenCV brings its own zlib. imagecodecs is a little faster but takes the system's, so that
    # bytes might depend on the machine.
    ordered = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, buffer = cv2.imencode(".png", ordered)
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape} as PNG")
    return buffer.tobytes()


def decode_png(content: bytes) -> Image:
    """Return the stored array: `image_HW` for a grey image, `image_HWC` (RGB) for a colour one."""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None:
        raise ValueError("these bytes are not an image")
    return _uint8(image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def to_8_bits(image: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> Image:
    """Return an image of 16 bits a pixel by the upper 8 of the bits that it uses.

    It uses 8, 12 or 16, the fewest that hold its brightest value: one of 8 bits stays as it is,
    whatever the file. To take the upper half of 16 bits would make it black.
    """
    used = int(image.max()).bit_length()
    depth = next(depth for depth in DEPTHS if used <= depth)
    return _uint8(image >> (depth - DEPTHS[0]))


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
