"""JPEG XL containers without metadata boxes (ISO 18181-2)."""

from pipeline.deidentify.export.streams.boxes import box, boxes
from pipeline.deidentify.export.streams.fault import refusal

SIGNATURE = (b"JXL ", b"\r\n\x87\n")
FILE_TYPE = (b"ftyp", b"jxl \0\0\0\0jxl ")
CODESTREAM = frozenset({b"jxlc", b"jxlp"})
LEVEL = b"jxll"


def clean_jpegxl(encoded: bytes) -> bytes:
    """Return a container with the codestream and its level, and no other box.

    Exif, XML, JUMBF, compressed metadata, frame index and the data that rebuild an original JPEG
    file (with its comments) go; the decoded picture is the same. Raises UnusableError for a bare
    codestream: only a decoder can tell where it ends, so what hides behind it cannot be trimmed.
    """
    if encoded[:2] == b"\xff\x0a":
        raise refusal("jpegxl_bare")
    found = list(boxes(encoded))
    if found[:1] != [SIGNATURE] or not CODESTREAM.intersection(name for name, _ in found):
        raise refusal("jpegxl_start")
    kept = [(name, content) for name, content in found if name in CODESTREAM or name == LEVEL]
    return b"".join(box(name, content) for name, content in (SIGNATURE, FILE_TYPE, *kept))
