"""Uncompressed pixels, copied from file to file in constant memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.io.native import native_frame_bytes
from pipeline.io.pixel_file import PixelFile
from pipeline.io.pixel_format import SUBSAMPLED
from pipeline.io.unusable import UnusableError

BLOCK = 1 << 20


def native_bytes(pixels: PixelFile) -> int:
    """Return how many bytes of pixel data the header describes.

    Raises UnusableError when the element holds less, so much more that its colours cannot be what
    the header says, or samples whose highest bit is elsewhere.
    """
    described = pixels.format
    size = native_frame_bytes(pixels) * described.frames
    # Half the chroma samples should be missing; another reader would trim those that are not.
    if described.photometric in SUBSAMPLED and described.stored_samples(pixels.length or 0) != 2:
        raise UnusableError("wrong_length", "chroma")
    if pixels.header.HighBit != described.bits_stored - 1:
        raise UnusableError("absurd_geometry", "HighBit")
    return size


def native_blocks(pixels: PixelFile, wanted: int) -> Iterator[bytes]:
    """Yield `wanted` bytes of pixels in little endian, block by block.

    Bits that no sample uses are cleared, or repeat the sign: old files keep overlays there
    (PS3.5 8.1.1). What lies behind the last pixel is left out.
    """
    pixels.stream.seek(pixels.offset)
    left = wanted
    while left:
        asked = min(BLOCK, left + left % 2)
        block = pixels.stream.read(asked)
        if len(block) < min(asked, left):
            raise UnusableError("truncated")
        cleaned = _used_bits(_swapped(block) if pixels.swapped else block, pixels)
        yield cleaned[:left]
        left -= min(left, len(cleaned))


def _swapped(block: bytes) -> bytes:
    even = block + b"\0" * (len(block) % 2)
    return np.frombuffer(even, ">u2").astype("<u2").tobytes()


def _used_bits(block: bytes, pixels: PixelFile) -> bytes:
    allocated, stored = pixels.format.bits_allocated, pixels.format.bits_stored
    if stored == allocated:
        return block
    kind = "<i" if pixels.format.signed else "<u"
    samples: npt.NDArray[Any] = np.frombuffer(block, f"{kind}{allocated // 8}")
    unused = allocated - stored
    return (samples << unused >> unused).astype(samples.dtype).tobytes()
