"""Is encapsulated pixel data whole, and of the size that the header states? Without decoding it."""

from collections.abc import Iterator
from typing import BinaryIO

from pydicom.uid import UID, RLELossless

from pipeline.ingest.elements import PixelElement
from pipeline.io.codestream import END_OF_IMAGE, Codestream, check_header, read_header
from pipeline.io.encapsulated import Frame, Span, group_fragments
from pipeline.io.pixel_format import PixelFormat
from pipeline.io.syntaxes import JPEG_XL, VIDEO
from pipeline.io.unusable import UnusableError

# Some encoders write words behind the end mark, and padding with zeros of any length.
TAIL_BYTES, PADDING_AT_ONCE = 256, 1 << 16
# Read of a frame to find its header, and at most: colour profiles and previews stand before it.
HEAD_BYTES, MAX_HEAD_BYTES = 1 << 18, 1 << 26
RLE_HEADER_BYTES = 64
ITEM_HEADER_BYTES = 8
NO_OP = 128


def check_codestream(
    stream: BinaryIO, pixels: PixelElement, syntax: UID, described: PixelFormat
) -> None:
    """Raise UnusableError when a frame is cut off, lacks, or has another size than stated."""
    fragments = [span for span in pixels.fragments if span.length]
    if syntax in VIDEO:  # only decoding tells how many frames it has
        if not fragments:
            raise UnusableError("wrong_length", "no fragments")
        return
    table = _bytes(stream, pixels.offset_table, 4 * described.frames)
    frames = group_fragments(stream, table, fragments, described.frames)
    _check_offsets(pixels, table, described.frames)
    if syntax == RLELossless:
        _check_rle(stream, frames, described)
        return
    check_header(_header(stream, syntax, frames[0]), described)
    if syntax not in JPEG_XL:  # without a mark of its end
        for frame in frames:
            if END_OF_IMAGE not in _tail(stream, frame):
                raise UnusableError("truncated", "no end of image")


def _bytes(stream: BinaryIO, span: Span, most: int) -> bytes:
    stream.seek(span.offset)
    return stream.read(min(span.length, most))


def _header(stream: BinaryIO, syntax: UID, frame: Frame) -> Codestream:
    """Read an encoded frame's header, with no more of the frame than that takes."""
    most = HEAD_BYTES
    while True:
        content = _head(stream, frame, most)
        try:
            return read_header(syntax, content)
        except UnusableError:
            if len(content) < most or most >= MAX_HEAD_BYTES:
                raise
        most *= 16


def _head(stream: BinaryIO, frame: Frame, most: int) -> bytes:
    content = bytearray()
    for span in frame:
        content += _bytes(stream, span, most - len(content))
        if len(content) == most:
            break
    return bytes(content)


def _tail(stream: BinaryIO, frame: Frame) -> bytes:
    """Return the last bytes of a frame before the zeros at its end, `TAIL_BYTES` or all."""
    tail, asked = b"", TAIL_BYTES
    for span in reversed(frame):
        left = span.length
        while left and len(tail) < TAIL_BYTES:
            taken = min(left, asked)
            left -= taken
            before = _bytes(stream, Span(span.offset + left, taken), taken)
            tail = (before + tail).rstrip(b"\0")
            asked = PADDING_AT_ONCE
    return tail[-TAIL_BYTES:]


def _check_offsets(pixels: PixelElement, table: bytes, frames: int) -> None:
    """Check that the Basic Offset Table, unless empty, points at fragments (PS3.5 A.4)."""
    if not table:
        return
    first = pixels.offset_table.offset + pixels.offset_table.length + ITEM_HEADER_BYTES
    begins = {span.offset - first for span in pixels.fragments}
    stated = {int.from_bytes(table[k : k + 4], "little") for k in range(0, len(table), 4)}
    if pixels.offset_table.length != 4 * frames or not begins.issuperset(stated):
        raise UnusableError("wrong_offsets")


def _check_rle(stream: BinaryIO, frames: list[Frame], described: PixelFormat) -> None:
    """Check each frame's segments, and the unpacked length of the first frame's."""
    planes = described.samples * described.bits_allocated // 8
    for number, (span, *_) in enumerate(frames):
        head = _bytes(stream, span, RLE_HEADER_BYTES)
        values = [int.from_bytes(head[k : k + 4], "little") for k in range(0, len(head), 4)]
        offsets = values[1 : 1 + planes]
        in_order = offsets == sorted(set(offsets)) and offsets[0] == RLE_HEADER_BYTES
        if values[0] != planes or not in_order or offsets[-1] >= span.length:
            raise UnusableError("wrong_size")
        if number == 0:
            content = _bytes(stream, span, span.length)
            for begin, end in zip(offsets, [*offsets[1:], span.length], strict=True):
                if _unpacked(content[begin:end]) < described.rows * described.columns:
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
