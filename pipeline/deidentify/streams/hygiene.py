"""One encoded frame or video, freed of what lies in it beside the picture."""

from collections.abc import Callable

from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from pipeline.deidentify.streams.fault import refusal
from pipeline.deidentify.streams.jpeg import clean_jpeg
from pipeline.deidentify.streams.jpeg2000 import clean_jpeg2000
from pipeline.deidentify.streams.jpegxl import clean_jpegxl
from pipeline.deidentify.streams.mpeg2 import clean_mpeg2
from pipeline.deidentify.streams.nal import H264, HEVC, clean_nal_units
from pipeline.deidentify.streams.rle import clean_rle

_DICOM = "1.2.840.10008.1.2.4"
# By their UIDs' last number (PS3.6 A-1): fragmentable ones end in .1; the newest have no names in
# pydicom.
MPEG2 = {f"{_DICOM}.{number}{part}" for number in (100, 101) for part in ("", ".1")}
MPEG4 = {f"{_DICOM}.{number}{part}" for number in range(102, 107) for part in ("", ".1")}
HEVC_VIDEO = {f"{_DICOM}.{number}" for number in (107, 108)}
VIDEO = frozenset(MPEG2 | MPEG4 | HEVC_VIDEO)
JPEG_XL = {f"{_DICOM}.{number}" for number in (110, 111, 112)}
JPEG = {JPEGBaseline8Bit, JPEGExtended12Bit, JPEGLossless, JPEGLosslessSV1}
JPEG_LS = {JPEGLSLossless, JPEGLSNearLossless}
JPEG_2000 = {JPEG2000Lossless, JPEG2000, HTJ2KLossless, HTJ2KLosslessRPCL, HTJ2K}
CLEANERS: dict[str, Callable[[bytes], bytes]] = {
    **dict.fromkeys(JPEG | JPEG_LS, clean_jpeg),
    **dict.fromkeys(JPEG_2000, clean_jpeg2000),
    **dict.fromkeys(JPEG_XL, clean_jpegxl),
    **dict.fromkeys(MPEG2, clean_mpeg2),
    **dict.fromkeys(MPEG4, lambda encoded: clean_nal_units(encoded, H264)),
    **dict.fromkeys(HEVC_VIDEO, lambda encoded: clean_nal_units(encoded, HEVC)),
}


def clean_stream(syntax: UID, encoded: bytes, plane_bytes: int) -> bytes:
    """Return one frame (or one whole video) with the same pixels and no metadata of its own.

    `plane_bytes` is rows times columns. Nothing is decoded: entropy-coded data are copied. Raises
    UnusableError when the transfer syntax or the structure of the stream is not known.
    """
    if syntax == RLELossless:
        return clean_rle(encoded, plane_bytes)
    clean = CLEANERS.get(syntax)
    if clean is None:
        raise refusal("syntax")
    return clean(encoded)
