"""Uncompressed pixels, copied from file to file in constant memory."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.deidentify.source_pixels import SourcePixels
from pipeline.ingest.pixel_length import expected_bytes
from pipeline.io.unusable import UnusableError

BLOCK = 1 << 20
HALF_CHROMA = ("YBR_FULL_422", "YBR_PARTIAL_422")


def native_bytes(pixels: SourcePixels) -> int:
    """Return how many bytes of pixel data the header describes.

    Raises UnusableError when the element holds less, so much more that its colours cannot be what
    the header says, or samples that are not of one or two bytes.
    """
    header, wanted = pixels.header, expected_bytes(pixels.header)
    held = pixels.length or 0
    if header.BitsAllocated not in (8, 16) or header.HighBit != header.BitsStored - 1:
        raise UnusableError("bits_allocated")
    # Half the chroma samples should be missing; where they are not, trimming would cut pixels.
    whole = header.PhotometricInterpretation in HALF_CHROMA and 2 * held >= 3 * wanted
    if held < wanted or whole:
        raise UnusableError("pixel_length")
    return wanted


def native_blocks(pixels: SourcePixels, wanted: int) -> Iterator[bytes]:
    """Yield `wanted` bytes of pixels in little endian, block by block.

    Bits that no sample uses are cleared, or repeat the sign: old files keep overlays there
    (PS3.5 8.1.1). What lies behind the last pixel is left out.
    """
    left = wanted
    while left:
        asked = min(BLOCK, left + left % 2)
        block = pixels.handle.read(asked)
        if len(block) < min(asked, left):
            raise UnusableError("truncated")
        cleaned = _used_bits(_swapped(block) if pixels.words else block, pixels)
        yield cleaned[:left]
        left -= min(left, len(cleaned))


def _swapped(block: bytes) -> bytes:
    even = block + b"\0" * (len(block) % 2)
    return np.frombuffer(even, ">u2").astype("<u2").tobytes()


def _used_bits(block: bytes, pixels: SourcePixels) -> bytes:
    allocated, stored = int(pixels.header.BitsAllocated), int(pixels.header.BitsStored)
    if stored == allocated:
        return block
    kind = "<i" if pixels.header.PixelRepresentation else "<u"
    samples: npt.NDArray[Any] = np.frombuffer(block, f"{kind}{allocated // 8}")
    unused = allocated - stored
    return (samples << unused >> unused).astype(samples.dtype).tobytes()
