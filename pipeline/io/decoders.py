"""One pinned decoder per compressed transfer syntax of still frames, from encoded bytes to numbers.

All come with imagecodecs: libjpeg-turbo for every JPEG process (8 and 12 bits, lossy and lossless),
CharLS, OpenJPEG and libjxl, each under a permissive licence. HTJ2K is OpenJPEG's too, because
imagecodecs' binding of OpenJPH returns broken frames unfinished instead of refusing them.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pydicom.uid import UID, RLELossless

from pipeline.io import syntaxes
from pipeline.io.codestream import (
    END_OF_IMAGE,
    Codestream,
    check_header,
    read_jpeg,
    read_jpeg_2000,
    read_jpeg_xl,
)
from pipeline.io.native import aligned
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.unusable import MissingDecoderError, UnusableError

PACKAGE = "imagecodecs"
Stored = npt.NDArray[Any]
# Returns the frame as `_HW` or `_HWC`, and its photometric interpretation after decoding.
Decoder = Callable[[bytes, PixelFormat], tuple[Stored, str]]


def decode_frame(syntax: UID, content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    """Return one encoded frame as `_HW` or `_HWC` and what its numbers mean.

    Raises MissingDecoderError when imagecodecs is not installed, UnusableError when the frame is
    not what the header says.
    """
    try:
        stored, photometric = FRAME_DECODERS[syntax](content, described)
    except UnusableError:
        raise
    except ImportError:
        raise MissingDecoderError(PACKAGE) from None
    except Exception as error:
        # Each codec raises its own kind; the kind says enough.
        raise UnusableError("decode_failed", type(error).__name__) from None
    shape = (described.rows, described.columns) + ((3,) if described.samples == 3 else ())
    if stored.shape != shape:
        raise UnusableError("wrong_size")
    return stored, photometric


def _checked(stream: Codestream, content: bytes, described: PixelFormat) -> Codestream:
    # Decoders fill what is missing with grey and say nothing.
    if content.rfind(END_OF_IMAGE) < stream.body:
        raise UnusableError("truncated", "no end of image")
    check_header(stream, described)
    return stream


def _jpeg(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpeg8_decode

    stream = _checked(read_jpeg(content), content, described)
    if described.samples == 1:
        return jpeg8_decode(content), described.photometric
    if stream.lossless:
        # Nothing was transformed for this process: the header alone says what was stored.
        return _untransformed(content), described.photometric
    stated = "RGB" if described.photometric == "RGB" else "YBR"
    if (stream.colour or stated) == "RGB":
        return _untransformed(content), "RGB"
    return jpeg8_decode(content, colorspace="YCBCR", outcolorspace="RGB"), "RGB"


def _untransformed(content: bytes) -> Stored:
    from imagecodecs import jpeg8_decode

    return np.asarray(jpeg8_decode(content, colorspace="RGB", outcolorspace="RGB"))


def _jpeg_ls(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpegls_decode

    _checked(read_jpeg(content), content, described)
    return _interleaved(jpegls_decode(content), described), described.photometric


def _jpeg_2000(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpeg2k_decode

    stream = _checked(read_jpeg_2000(content), content, described)
    stored = jpeg2k_decode(content, planar=False, numthreads=1)
    return _interleaved(stored, described), stream.colour or described.photometric


def _jpeg_xl(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpegxl_decode

    check_header(read_jpeg_xl(content), described)
    stored = jpegxl_decode(content, numthreads=1)
    # The decoder undoes every transform of colours (XYB, and YCbCr of a recompressed JPEG).
    return stored, "RGB" if described.samples == 3 else described.photometric


def _run_length(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import dicomrle_decode

    dtype = np.dtype(f"<u{described.bits_allocated // 8}")
    planes = np.zeros((described.samples, described.rows, described.columns), dtype)
    # Into a buffer of the right size: the decoder stops there, whatever the runs say.
    decoded = dicomrle_decode(content, dtype.str, out=planes.data.cast("B"))
    if len(decoded) != planes.nbytes:
        raise UnusableError("truncated", "run lengths")
    # Of bytes as they are allocated; every other codec is of samples, wherever these were.
    return aligned(_interleaved(planes, described), described), described.photometric


def _interleaved(stored: Stored, described: PixelFormat) -> Stored:
    """Return `_HW` or `_HWC` of one or three planes."""
    if stored.ndim == 3 and stored.shape == (described.samples, described.rows, described.columns):
        return stored[0] if described.samples == 1 else stored.transpose(1, 2, 0)
    return stored


FRAME_DECODERS: dict[UID, Decoder] = {
    RLELossless: _run_length,
    **dict.fromkeys(syntaxes.JPEG, _jpeg),
    **dict.fromkeys(syntaxes.JPEG_LS, _jpeg_ls),
    **dict.fromkeys(syntaxes.JPEG_2000, _jpeg_2000),
    **dict.fromkeys(syntaxes.JPEG_XL, _jpeg_xl),
}


class Codec(NamedTuple):
    """The name under which a decoder is recorded, and what imagecodecs calls it."""

    name: str
    prefix: str


CODECS: dict[Decoder, Codec] = {
    _run_length: Codec("imagecodecs/rle", "dicomrle"),
    _jpeg: Codec("imagecodecs/libjpeg-turbo", "jpeg8"),
    _jpeg_ls: Codec("imagecodecs/charls", "jpegls"),
    _jpeg_2000: Codec("imagecodecs/openjpeg", "jpeg2k"),
    _jpeg_xl: Codec("imagecodecs/libjxl", "jpegxl"),
}


def library_version(syntax: UID) -> str:
    """Return the library that decodes a transfer syntax, as it says itself: `openjpeg 2.5.4`."""
    import imagecodecs

    version = getattr(imagecodecs, f"{CODECS[FRAME_DECODERS[syntax]].prefix}_version")
    return str(version())
