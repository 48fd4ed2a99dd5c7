"""Frames of uncompressed pixel data (PS3.5 8.2), each read from its own place in the file."""

from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom.uid import ExplicitVRBigEndian

from pipeline.io.pixel_errors import PixelError
from pipeline.io.pixel_file import PixelFile

SUBSAMPLED = ("YBR_FULL_422", "YBR_PARTIAL_422")


def stored_samples(pixels: PixelFile) -> int:
    """Return the samples stored per pixel: two when chroma is halved (PS3.3 C.7.6.3.1.2).

    Some files state halved chroma and store it whole; their length tells.
    """
    described = pixels.format
    whole = described.rows * described.columns * described.samples * described.frames
    if described.photometric in SUBSAMPLED and (pixels.length or 0) < whole:
        return 2
    return described.samples


def check_native(pixels: PixelFile) -> int:
    """Return the number of bytes after the last frame, padding included.

    Raises PixelError when the element or the file holds less than the header promises.
    """
    if pixels.length is None:
        raise PixelError("bad_stream", "fragments in an uncompressed syntax")
    expected = _frame_bytes(pixels) * pixels.format.frames
    if pixels.length < expected:
        raise PixelError("wrong_length")
    if pixels.size() < pixels.offset + pixels.length:
        raise PixelError("truncated", "pixel data")
    return pixels.length - expected


def _frame_bytes(pixels: PixelFile) -> int:
    described = pixels.format
    pixel_bytes = stored_samples(pixels) * described.bits_allocated // 8
    return described.rows * described.columns * pixel_bytes


def read_native(pixels: PixelFile, index: int) -> npt.NDArray[Any]:
    """Return frame `index` as stored: `_HW` or interleaved `_HWC`, chroma doubled where halved."""
    described = pixels.format
    samples = stored_samples(pixels)
    flat = _numbers(pixels, index)
    if described.samples == 1:
        return flat.reshape(described.rows, described.columns)
    if samples == 2:
        return _doubled_chroma(flat).reshape(described.rows, described.columns, 3)
    if described.planar:
        return flat.reshape(3, described.rows, described.columns).transpose(1, 2, 0)
    return flat.reshape(described.rows, described.columns, 3)


def _numbers(pixels: PixelFile, index: int) -> npt.NDArray[Any]:
    size = _frame_bytes(pixels)
    start = index * size
    if pixels.format.bits_allocated == 16:
        order = ">u2" if pixels.syntax == ExplicitVRBigEndian else "<u2"
        return np.frombuffer(_take(pixels, start, size), order)
    if pixels.syntax != ExplicitVRBigEndian or pixels.vr != "OW":
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
        raise PixelError("truncated", "pixel data")
    return bytearray(content)  # so that the array may be painted over


def _doubled_chroma(flat: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return Y B R for every pixel of Y1 Y2 B R for every two."""
    pairs = flat.reshape(-1, 4)
    return pairs[:, [0, 2, 3, 1, 2, 3]]
