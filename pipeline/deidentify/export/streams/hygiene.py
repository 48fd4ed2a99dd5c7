"""One encoded frame or video, freed of what lies in it beside the picture."""

from collections.abc import Callable

from pydicom.uid import UID, RLELossless

from pipeline.deidentify.export.streams.fault import refusal
from pipeline.deidentify.export.streams.jpeg import clean_jpeg
from pipeline.deidentify.export.streams.jpeg2000 import clean_jpeg2000
from pipeline.deidentify.export.streams.jpegxl import clean_jpegxl
from pipeline.deidentify.export.streams.mpeg2 import clean_mpeg2
from pipeline.deidentify.export.streams.nal import H264, HEVC, clean_nal_units
from pipeline.deidentify.export.streams.rle import clean_rle
from pipeline.io import syntaxes

CLEANERS: dict[UID, Callable[[bytes], bytes]] = {
    **dict.fromkeys(syntaxes.JPEG + syntaxes.JPEG_LS, clean_jpeg),
    **dict.fromkeys(syntaxes.JPEG_2000, clean_jpeg2000),
    **dict.fromkeys(syntaxes.JPEG_XL, clean_jpegxl),
    **dict.fromkeys(syntaxes.MPEG2, clean_mpeg2),
    **dict.fromkeys(syntaxes.MPEG4, lambda encoded: clean_nal_units(encoded, H264)),
    **dict.fromkeys(syntaxes.HEVC, lambda encoded: clean_nal_units(encoded, HEVC)),
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
