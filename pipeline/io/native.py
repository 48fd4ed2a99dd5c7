"""Frames of uncompressed pixel data (PS3.5 8.2), each read from its own place in the file."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.io.pixel_file import PixelFile
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.unusable import UnusableError


def native_frame_bytes(pixels: PixelFile) -> int:
    """Return the size of one frame.

    Raises UnusableError when the element or the file holds less than the header promises.
    """
    if pixels.length is None:
        raise UnusableError("bad_stream", "fragments in an uncompressed syntax")
    size = pixels.format.frame_bytes(pixels.length)
    if pixels.size() < pixels.offset + pixels.length:
        raise UnusableError("truncated", "pixel data")
    return size


def read_native(pixels: PixelFile, index: int, size: int) -> npt.NDArray[Any]:
    """Return frame `index`: `_HW` or interleaved `_HWC`, chroma doubled where halved.

    `size` is that of one frame in bytes.
    """
    described = pixels.format
    flat = aligned(_numbers(pixels, index * size, size), described)
    if described.samples == 1:
        return flat.reshape(described.rows, described.columns)
    if flat.size < described.rows * described.columns * described.samples:
        return _doubled_chroma(flat).reshape(described.rows, described.columns, 3)
    if described.planar:
        return flat.reshape(3, described.rows, described.columns).transpose(1, 2, 0)
    return flat.reshape(described.rows, described.columns, 3)


def aligned(stored: npt.NDArray[Any], described: PixelFormat) -> npt.NDArray[Any]:
    """Return samples without the unused bits below them; those above them stay."""
    unused = described.unused_low_bits
    return stored >> unused if unused else stored


def _numbers(pixels: PixelFile, start: int, size: int) -> npt.NDArray[Any]:
    if pixels.format.bits_allocated == 16:
        order = ">u2" if pixels.swapped else "<u2"
        return np.frombuffer(_take(pixels, start, size), order)
    if not pixels.swapped:
        return np.frombuffer(_take(pixels, start, size), np.uint8)
    # Bytes of big-endian words are swapped in pairs, and a pair may straddle two frames.
    odd = start % 2
    padded = size + odd + (size + odd) % 2
    words = np.frombuffer(_take(pixels, start - odd, padded), np.uint16)
    return words.byteswap().view(np.uint8)[odd : odd + size]


def _take(pixels: PixelFile, start: int, size: int) -> bytearray:
    pixels.stream.seek(pixels.offset + start)
    content = pixels.stream.read(size)
    if len(content) < size:
        raise UnusableError("truncated", "pixel data")
    return bytearray(content)  # so that the array may be painted over


def _doubled_chroma(flat: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return Y B R for every pixel of Y1 Y2 B R for every two."""
    pairs = flat.reshape(-1, 4)
    return pairs[:, [0, 2, 3, 1, 2, 3]]
