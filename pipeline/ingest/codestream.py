"""Is encapsulated pixel data whole, and of the size that the header states? Without decoding it.

Marks of JPEG and JPEG-LS (ITU-T T.81 B.1, T.87 C.1), JPEG 2000 (T.800 A.2), and the segments of
run-length encoding (PS3.5 Annex G).
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from pydicom.uid import UID, JPEG2000TransferSyntaxes, JPEGTransferSyntaxes, RLELossless

from pipeline.ingest.elements import PixelElement, Span
from pipeline.io.unusable import UnusableError

JPEG_BEGIN, JPEG2000_BEGIN, END = b"\xff\xd8", b"\xff\x4f\xff\x51", b"\xff\xd9"
# Frame headers: every kind of JPEG but the three marks in that range with another use, and JPEG-LS.
FRAME_HEADERS = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
SCAN = 0xDA
# Some encoders write padding, or words, behind the end mark.
TAIL_BYTES = 256
HEAD_BYTES = 1 << 16
RLE_HEADER_BYTES = 64
ITEM_HEADER_BYTES = 8
NO_OP = 128
# Their one stream of all frames has no mark of its end: MPEG-2, MPEG-4, HEVC.
VIDEO = "1.2.840.10008.1.2.4.10"


class Size(NamedTuple):
    """What the header states."""

    rows: int
    columns: int
    frames: int
    samples: int
    bytes_per_sample: int


def is_video(syntax: UID) -> bool:
    """Return whether a transfer syntax stores all frames as one stream (PS3.5 A.4.5 to A.4.8)."""
    return syntax.startswith(VIDEO)


def check_codestream(stream: BinaryIO, pixels: PixelElement, syntax: UID, size: Size) -> None:
    """Raise UnusableError when a frame is cut off, lacks, or has another size than stated."""
    fragments = [span for span in pixels.fragments if span.length]
    if not fragments or (not is_video(syntax) and len(fragments) < size.frames):
        raise UnusableError("wrong_length", "fewer fragments than frames")
    _check_offsets(stream, pixels, size.frames)
    if syntax == RLELossless:
        _check_rle(stream, fragments, size)
    elif syntax in JPEGTransferSyntaxes:
        _check_marks(stream, fragments, JPEG_BEGIN, size)
        _check_size(_jpeg_size(_bytes(stream, fragments[0], HEAD_BYTES)), size)
    elif syntax in JPEG2000TransferSyntaxes or syntax.startswith("1.2.840.10008.1.2.4.20"):
        head = _bytes(stream, fragments[0], HEAD_BYTES)
        if head.startswith(JPEG2000_BEGIN):  # else in a file format of its own, against the rule
            _check_marks(stream, fragments, JPEG2000_BEGIN, size)
            _check_size(_jpeg2000_size(head), size)


def _bytes(stream: BinaryIO, span: Span, most: int) -> bytes:
    stream.seek(span.offset)
    return stream.read(min(span.length, most))


def _tail(stream: BinaryIO, span: Span) -> bytes:
    skipped = max(0, span.length - TAIL_BYTES)
    return _bytes(stream, Span(span.offset + skipped, span.length - skipped), TAIL_BYTES)


def _check_offsets(stream: BinaryIO, pixels: PixelElement, frames: int) -> None:
    """Check that the Basic Offset Table, unless empty, points at fragments (PS3.5 A.4)."""
    table = pixels.offset_table
    if table is None or not table.length:
        return
    content = _bytes(stream, table, 4 * frames)
    first = table.offset + table.length + ITEM_HEADER_BYTES
    begins = {span.offset - first for span in pixels.fragments}
    stated = [int.from_bytes(content[k : k + 4], "little") for k in range(0, len(content), 4)]
    if table.length != 4 * frames or not begins.issuperset(stated):
        raise UnusableError("wrong_offsets")


def _check_marks(stream: BinaryIO, fragments: list[Span], begin: bytes, size: Size) -> None:
    """Check that as many codestreams begin as there are frames, and that each one ends."""
    starts = [n for n, span in enumerate(fragments) if _bytes(stream, span, len(begin)) == begin]
    if len(starts) < size.frames or starts[0] != 0:
        raise UnusableError("wrong_length", "fewer images than frames")
    for following in [*starts[1:], len(fragments)]:
        if END not in _tail(stream, fragments[following - 1]):
            raise UnusableError("truncated")


def _check_size(found: tuple[int, int] | None, size: Size) -> None:
    # No rows: they are counted in a marker after the first scan (T.81 B.2.5).
    if found is None or found[1] != size.columns or found[0] not in (0, size.rows):
        raise UnusableError("wrong_size")


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) of the first frame header."""
    place = 2
    while place + 9 <= len(head) and head[place] == 0xFF:
        mark = head[place + 1]
        if mark in FRAME_HEADERS:
            rows, columns = head[place + 5 : place + 7], head[place + 7 : place + 9]
            return int.from_bytes(rows, "big"), int.from_bytes(columns, "big")
        if mark == SCAN:
            return None
        # A mark may be preceded by any number of fill bytes (T.81 B.1.1.2).
        length = int.from_bytes(head[place + 2 : place + 4], "big")
        place += 1 if mark == 0xFF else 2 + length
    return None


def _jpeg2000_size(head: bytes) -> tuple[int, int] | None:
    """Return (rows, columns) of the SIZ segment, which comes first."""
    x1, y1, x0, y0 = (int.from_bytes(head[k : k + 4], "big") for k in (8, 12, 16, 20))
    return y1 - y0, x1 - x0


def _check_rle(stream: BinaryIO, fragments: list[Span], size: Size) -> None:
    """Check each frame's segments, and the unpacked length of the first frame's."""
    planes = size.samples * size.bytes_per_sample
    for number, span in enumerate(fragments[: size.frames]):
        head = _bytes(stream, span, RLE_HEADER_BYTES)
        values = [int.from_bytes(head[k : k + 4], "little") for k in range(0, len(head), 4)]
        offsets = values[1 : 1 + planes]
        in_order = offsets == sorted(set(offsets)) and offsets[0] == RLE_HEADER_BYTES
        if values[0] != planes or not in_order or offsets[-1] >= span.length:
            raise UnusableError("wrong_size")
        if number == 0:
            content = _bytes(stream, span, span.length)
            for begin, end in zip(offsets, [*offsets[1:], span.length], strict=True):
                if _unpacked(content[begin:end]) < size.rows * size.columns:
                    raise UnusableError("wrong_length")


def _runs(segment: bytes) -> Iterator[int]:
    """Yield how many bytes each run of a segment unpacks to (PS3.5 G.3.2)."""
    place = 0
    while place < len(segment):
        code = segment[place]
        if code < NO_OP:
            yield min(code + 1, len(segment) - place - 1)
            place += code + 2
        else:
            yield 257 - code if code > NO_OP and place + 1 < len(segment) else 0
            place += 1 if code == NO_OP else 2


def _unpacked(segment: bytes) -> int:
    return sum(_runs(segment))
