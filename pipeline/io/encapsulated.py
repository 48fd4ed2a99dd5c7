"""Encapsulated pixel data (PS3.5 A.4): fragments in the file, and the frames that they make up.

Offset tables are missing, empty or wrong in real files, so a frame's extent follows from the
fragments themselves: one fragment per frame, or a new frame where a fragment starts as an encoded
image does. The table is asked only when neither fits.
"""

import struct
from dataclasses import dataclass
from itertools import pairwise

from pipeline.io.pixel_errors import PixelError
from pipeline.io.pixel_file import PixelFile

ITEM, SEQUENCE_END = 0xFFFEE000, 0xFFFEE0DD
# JPEG and JPEG-LS, JPEG 2000 as a codestream and in boxes, JPEG XL likewise.
STARTS = (
    b"\xff\xd8\xff",
    b"\xff\x4f\xff\x51",
    b"\x00\x00\x00\x0cjP  ",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
)


@dataclass(frozen=True)
class Fragment:
    """The place of one fragment's bytes in the file."""

    offset: int
    length: int


Frame = list[Fragment]


def read_fragments(pixels: PixelFile) -> tuple[bytes, list[Fragment]]:
    """Return the basic offset table's bytes and all fragments, without reading these.

    Raises PixelError `truncated` when the file ends before the closing delimiter.
    """
    if pixels.length is not None:
        raise PixelError("bad_stream", "no fragments in a compressed syntax")
    end, position = pixels.size(), pixels.offset
    items: list[Fragment] = []
    while True:
        pixels.stream.seek(position)
        head = pixels.stream.read(8)
        if len(head) < 8:
            raise PixelError("truncated", "fragments")
        group, element, length = struct.unpack("<HHL", head)
        tag, position = group << 16 | element, position + 8
        if tag == SEQUENCE_END:
            break
        if tag != ITEM:
            raise PixelError("bad_stream", "an element among the fragments")
        if position + length > end:
            raise PixelError("truncated", "fragments")
        items.append(Fragment(position, length))
        position += length
    if not items:
        raise PixelError("wrong_length", "no fragments")
    return _content(pixels, items[:1]), [item for item in items[1:] if item.length]


def _content(pixels: PixelFile, frame: Frame) -> bytes:
    parts = []
    for fragment in frame:
        pixels.stream.seek(fragment.offset)
        parts.append(pixels.stream.read(fragment.length))
        if len(parts[-1]) < fragment.length:
            raise PixelError("truncated", "fragments")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def find_frames(pixels: PixelFile) -> list[Frame]:
    """Return the fragments of every frame, as many as Number of Frames states.

    Raises PixelError `frame_count` when the fragments make up fewer or more frames.
    """
    table, fragments = read_fragments(pixels)
    stated = pixels.format.frames
    if len(fragments) == stated:
        return [[fragment] for fragment in fragments]
    for starts in (_starts_by_signature(pixels, fragments), _starts_by_table(table, fragments)):
        if len(starts) == stated and starts[0] == 0:
            ends = [*starts[1:], len(fragments)]
            return [fragments[start:end] for start, end in zip(starts, ends, strict=True)]
    raise PixelError("frame_count")


def _starts_by_signature(pixels: PixelFile, fragments: list[Fragment]) -> list[int]:
    longest = max(map(len, STARTS))
    return [
        number
        for number, fragment in enumerate(fragments)
        if _content(pixels, [Fragment(fragment.offset, min(longest, fragment.length))]).startswith(
            STARTS
        )
    ]


def _starts_by_table(table: bytes, fragments: list[Fragment]) -> list[int]:
    """Return the fragments that offsets point to; an offset to anything else points to none."""
    if not fragments:
        return []
    # Offsets count from the first fragment's item header.
    numbers = {item.offset - fragments[0].offset: n for n, item in enumerate(fragments)}
    offsets = [offset for (offset,) in struct.iter_unpack("<L", table[: len(table) // 4 * 4])]
    starts = [numbers.get(offset, -1) for offset in offsets]
    in_order = all(left < right for left, right in pairwise(starts))
    return starts if in_order else []


def read_frame(pixels: PixelFile, frame: Frame) -> bytes:
    """Return a frame's encoded bytes."""
    return _content(pixels, frame)
