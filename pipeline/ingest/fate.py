"""One file's fate: an ultrasound image that can be used, or a reason why not."""

import hashlib
import io
from dataclasses import astuple, dataclass
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from pipeline.ingest.decoders import missing_decoder
from pipeline.ingest.elements import PixelElement, Walker, stream_size
from pipeline.ingest.geometry import check_pixels, read_size
from pipeline.ingest.header import read_header
from pipeline.ingest.kind import UID_FORM, check_kind
from pipeline.ingest.params import IngestParams
from pipeline.ingest.refusal import Refused
from pipeline.io.attributes import text, value
from pipeline.io.colour import PALETTE_KEYWORDS
from pipeline.io.encapsulated import Span
from pipeline.io.inflate import CHUNK, InflatingReader
from pipeline.io.part10 import MARK, PREAMBLE_BYTES, Opening, read_opening
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.unusable import UnusableError


@dataclass(frozen=True)
class Accepted:
    """A usable image: what was read of its header, and a digest of what it shows.

    `pixels_sha256` covers the stored pixels and how they are to be read, and nothing else.
    """

    header: Dataset
    sop_class: str
    syntax: UID
    size: PixelFormat
    pixels_sha256: str


def examine(handle: BinaryIO, params: IngestParams) -> Accepted | Refused:
    """Read a file's structure and header; return them, or the reason why the file is refused.

    `handle` is seekable. Raises OSError only.
    """
    try:
        return _examine(handle, params)
    except UnusableError as error:
        return Refused(error.reason, error.detail)
    except OSError:
        raise
    except Exception as error:
        # Only the kind: the text of an exception may quote the file.
        return Refused("unreadable", type(error).__name__)


def _examine(handle: BinaryIO, params: IngestParams) -> Accepted:
    size = stream_size(handle)
    if size == 0:
        raise UnusableError("empty_file")
    handle.seek(PREAMBLE_BYTES)
    if handle.read(len(MARK)) == MARK:
        Walker(handle, size).walk_meta()
    opening = read_opening(handle)
    if opening is None:
        raise UnusableError("not_dicom")
    if opening.marked:
        return _examine_body(handle, size, opening, params)
    return _examine_unmarked(handle, size, opening, params)


def _examine_unmarked(
    handle: BinaryIO, size: int, opening: Opening, params: IngestParams
) -> Accepted:
    """Take a file without the mark for DICOM only when it is whole and says what it is."""
    try:
        stream, start = _data_set(handle, opening)
        Walker(stream, size, opening.syntax == ExplicitVRBigEndian).walk()
        header = read_header(stream, start, opening.syntax)
        sop_class = text(header, "SOPClassUID")
    except Exception:
        raise UnusableError("not_dicom") from None
    if not UID_FORM.fullmatch(sop_class):
        raise UnusableError("not_dicom")
    return _examine_body(handle, size, opening, params)


def _data_set(handle: BinaryIO, opening: Opening) -> tuple[BinaryIO, int]:
    """Return the stream in which the data set lies, at its beginning, and where that is."""
    handle.seek(opening.body)
    if opening.syntax == DeflatedExplicitVRLittleEndian:
        return io.BufferedReader(InflatingReader(handle), CHUNK), 0
    return handle, opening.body


def _examine_body(handle: BinaryIO, size: int, opening: Opening, params: IngestParams) -> Accepted:
    syntax = opening.syntax
    stream, start = _data_set(handle, opening)
    known_size = size if stream is handle else None
    # First, since a file that was cut off lacks elements or has half of one.
    pixels = Walker(stream, known_size, syntax == ExplicitVRBigEndian).walk()
    header = read_header(stream, start, syntax)
    sop_class = text(header, "SOPClassUID") or text(opening.meta, "MediaStorageSOPClassUID")
    check_kind(sop_class, header, params)
    if pixels is None:
        raise UnusableError("no_pixels")
    if not syntax:
        raise UnusableError("missing_attribute", "TransferSyntaxUID")
    if (missing := missing_decoder(syntax)) is not None:
        raise UnusableError("no_decoder", missing)
    image = read_size(header, params)
    check_pixels(stream, pixels, syntax, image)
    digest = _pixels_sha256(stream, header, pixels, syntax, image)
    return Accepted(header, sop_class, syntax, image, digest)


def _shown(pixels: PixelElement, size: PixelFormat) -> list[Span]:
    """Return where the bytes lie that make the image, without padding and item headers."""
    if pixels.native is None:
        return pixels.fragments
    needed = size.frames * size.frame_bytes(pixels.native.length)
    return [Span(pixels.native.offset, needed)]


def _coding(pixels: PixelElement, syntax: UID) -> str:
    """Return what the same bytes of pixels need to mean the same.

    Not in which syntax the header is, but for bytes or words of which the higher comes first.
    """
    if pixels.native is None:
        return str(syntax)
    return f"{pixels.vr!r} first high" if syntax == ExplicitVRBigEndian else "first low"


def _pixels_sha256(
    stream: BinaryIO, header: Dataset, pixels: PixelElement, syntax: UID, size: PixelFormat
) -> str:
    layout = [_coding(pixels, syntax), *map(str, astuple(size))]
    if size.photometric == "PALETTE COLOR":
        layout += [f"{name} {value(header, name)}" for name in PALETTE_KEYWORDS]
    digest = hashlib.sha256("\\".join(layout).encode("utf-8", "backslashreplace"))
    for span in _shown(pixels, size):
        stream.seek(span.offset)
        left = span.length
        while left and (content := stream.read(min(left, CHUNK))):
            digest.update(content)
            left -= len(content)
    return digest.hexdigest()
