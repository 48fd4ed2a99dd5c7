"""One pinned decoder per compressed transfer syntax of still frames, from encoded bytes to numbers.

All come with imagecodecs: libjpeg-turbo for every JPEG process (8 and 12 bits, lossy and lossless),
CharLS, OpenJPEG and libjxl, each under a permissive licence. HTJ2K is OpenJPEG's too, because
imagecodecs' binding of OpenJPH returns broken frames unfinished instead of refusing them.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from pydicom import uid

from pipeline.io.codestream import Codestream, read_jpeg, read_jpeg_2000, read_jpeg_xl
from pipeline.io.pixel_errors import MissingDecoderError, PixelError
from pipeline.io.pixel_file import PixelFormat

PACKAGE = "imagecodecs"
Stored = npt.NDArray[Any]
# Returns the frame as `_HW` or `_HWC`, and its photometric interpretation after decoding.
Decoder = Callable[[bytes, PixelFormat], tuple[Stored, str]]


def decode_frame(syntax: uid.UID, content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    """Return one encoded frame as `_HW` or `_HWC` and what its numbers mean.

    Raises MissingDecoderError when imagecodecs is not installed, PixelError when the frame is not
    what the header says.
    """
    try:
        stored, photometric = FRAME_DECODERS[syntax](content, described)
    except PixelError:
        raise
    except ImportError:
        raise MissingDecoderError(PACKAGE) from None
    except Exception as error:
        # Each codec raises its own kind; the kind says enough.
        raise PixelError("decode_failed", type(error).__name__) from None
    shape = (described.rows, described.columns) + ((3,) if described.samples == 3 else ())
    if stored.shape != shape:
        raise PixelError("wrong_size")
    return stored, photometric


def _check(stream: Codestream, described: PixelFormat) -> None:
    if (stream.rows, stream.columns) != (described.rows, described.columns):
        raise PixelError("wrong_size")
    if stream.components and stream.components != described.samples:
        raise PixelError("wrong_size", "components")


def _jpeg(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpeg8_decode

    stream = read_jpeg(content)
    _check(stream, described)
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

    _check(read_jpeg(content), described)
    return _interleaved(jpegls_decode(content), described), described.photometric


def _jpeg_2000(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpeg2k_decode

    stream = read_jpeg_2000(content)
    _check(stream, described)
    stored = jpeg2k_decode(content, planar=False, numthreads=1)
    return _interleaved(stored, described), stream.colour or described.photometric


def _jpeg_xl(content: bytes, described: PixelFormat) -> tuple[Stored, str]:
    from imagecodecs import jpegxl_decode

    _check(read_jpeg_xl(content), described)
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
        raise PixelError("truncated", "run lengths")
    return _interleaved(planes, described), described.photometric


def _interleaved(stored: Stored, described: PixelFormat) -> Stored:
    """Return `_HW` or `_HWC` of one or three planes."""
    if stored.ndim == 3 and stored.shape == (described.samples, described.rows, described.columns):
        return stored[0] if described.samples == 1 else stored.transpose(1, 2, 0)
    return stored


FRAME_DECODERS: dict[uid.UID, Decoder] = {
    uid.RLELossless: _run_length,
    uid.JPEGBaseline8Bit: _jpeg,
    uid.JPEGExtended12Bit: _jpeg,
    uid.JPEGLossless: _jpeg,
    uid.JPEGLosslessSV1: _jpeg,
    uid.JPEGLSLossless: _jpeg_ls,
    uid.JPEGLSNearLossless: _jpeg_ls,
    uid.JPEG2000Lossless: _jpeg_2000,
    uid.JPEG2000: _jpeg_2000,
    uid.HTJ2KLossless: _jpeg_2000,
    uid.HTJ2KLosslessRPCL: _jpeg_2000,
    uid.HTJ2K: _jpeg_2000,
    uid.UID("1.2.840.10008.1.2.4.110"): _jpeg_xl,
    uid.UID("1.2.840.10008.1.2.4.111"): _jpeg_xl,
    uid.UID("1.2.840.10008.1.2.4.112"): _jpeg_xl,
}
DECODER_NAMES: dict[Decoder, str] = {
    _run_length: "imagecodecs/rle",
    _jpeg: "imagecodecs/libjpeg-turbo",
    _jpeg_ls: "imagecodecs/charls",
    _jpeg_2000: "imagecodecs/openjpeg",
    _jpeg_xl: "imagecodecs/libjxl",
}
