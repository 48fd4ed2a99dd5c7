"""Encapsulated pixel data (PS3.5 A.4): fragments in the file, and the frames that they make up.

Offset tables are missing, empty or wrong in real files, so a frame's extent follows from the
fragments themselves: one fragment per frame, or a new frame where a fragment starts as an encoded
image does. The table is asked only when neither fits.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise
from typing import BinaryIO, NamedTuple

from pipeline.io.pixel_file import PixelFile
from pipeline.io.syntaxes import VIDEO
from pipeline.io.unusable import UnusableError

ITEM, SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
# JPEG and JPEG-LS, JPEG 2000 as a codestream and in boxes, JPEG XL likewise.
STARTS = (
    b"\xff\xd8\xff",
    b"\xff\x4f\xff\x51",
    b"\x00\x00\x00\x0cjP  ",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
)


class Span(NamedTuple):
    """Where a value lies in its stream: its first byte and its length."""

    offset: int
    length: int


Frame = list[Span]


def read_fragments(pixels: PixelFile) -> tuple[bytes, list[Span]]:
    """Return the basic offset table's bytes and all fragments, without reading these.

    Raises UnusableError `truncated` when the file ends before the closing delimiter.
    """
    if pixels.length is not None:
        raise UnusableError("bad_stream", "no fragments in a compressed syntax")
    end, position = pixels.size(), pixels.offset
    items: list[Span] = []
    while True:
        pixels.stream.seek(position)
        head = pixels.stream.read(8)
        if len(head) < 8:
            raise UnusableError("truncated", "fragments")
        group, element, length = struct.unpack("<HHL", head)
        tag, position = group << 16 | element, position + 8
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise UnusableError("bad_stream", "an element among the fragments")
        if position + length > end:
            raise UnusableError("truncated", "fragments")
        items.append(Span(position, length))
        position += length
    if not items:
        raise UnusableError("wrong_length", "no fragments")
    return _content(pixels.stream, items[:1]), [item for item in items[1:] if item.length]


def _content(stream: BinaryIO, frame: Frame) -> bytes:
    parts = []
    for fragment in frame:
        stream.seek(fragment.offset)
        parts.append(stream.read(fragment.length))
        if len(parts[-1]) < fragment.length:
            raise UnusableError("truncated", "fragments")
    return b"".join(parts)


def group_fragments(
    stream: BinaryIO, table: bytes, fragments: list[Span], stated: int
) -> list[Frame]:
    """Return the fragments of every frame, `stated` in number; `table` holds the basic offsets.

    Raises UnusableError `frame_count` when the fragments make up fewer or more frames.
    """
    if len(fragments) == stated:
        return [[fragment] for fragment in fragments]
    for starts in (_starts_by_signature(stream, fragments), _starts_by_table(table, fragments)):
        if len(starts) == stated and starts[0] == 0:
            ends = [*starts[1:], len(fragments)]
            return [fragments[start:end] for start, end in zip(starts, ends, strict=True)]
    raise UnusableError("frame_count")


def _starts_by_signature(stream: BinaryIO, fragments: list[Span]) -> list[int]:
    longest = max(map(len, STARTS))
    heads = (
        _content(stream, [Span(fragment.offset, min(longest, fragment.length))])
        for fragment in fragments
    )
    return [number for number, head in enumerate(heads) if head.startswith(STARTS)]


def _starts_by_table(table: bytes, fragments: list[Span]) -> list[int]:
    """Return the fragments that offsets point to; an offset to anything else points to none."""
    if not fragments:
        return []
    # Offsets count from the first fragment's item header.
    numbers = {item.offset - fragments[0].offset: n for n, item in enumerate(fragments)}
    offsets = [offset for (offset,) in struct.iter_unpack("<L", table[: len(table) // 4 * 4])]
    starts = [numbers.get(offset, -1) for offset in offsets]
    in_order = all(left < right for left, right in pairwise(starts))
    return starts if in_order else []


def find_frames(pixels: PixelFile) -> list[Frame]:
    """Return the fragments of every frame that Number of Frames states; a video is one.

    Raises UnusableError when the fragments do not make up as many.
    """
    table, fragments = read_fragments(pixels)
    if pixels.syntax in VIDEO:
        return [fragments]
    return group_fragments(pixels.stream, table, fragments, pixels.format.frames)


def read_frame(pixels: PixelFile, frame: Frame) -> bytes:
    """Return a frame's encoded bytes."""
    return _content(pixels.stream, frame)


def encoded_frames(pixels: PixelFile) -> Iterator[bytes]:
    """Yield the encoded frames, one in memory at a time; a video is one, whatever its frames."""
    for frame in find_frames(pixels):
        yield read_frame(pixels, frame)
