"""Metadata within encoded pixels: comments and application segments, and bytes after an image.

Reads the value of Pixel Data from a file without decoding it (PS3.5 A.4), a fragment at a time.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from pydicom.uid import UID, ExplicitVRBigEndian

PIXEL_DATA = (0x7FE0, 0x0010)
ITEM, DELIMITER = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
UNDEFINED = 0xFFFFFFFF
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
J2K_START, J2K_END = b"\xff\x4f\xff\x51", b"\xff\xd9"
COMMENT, ADOBE, JFIF = 0xFE, 0xEE, 0xE0
# Start of frame in JPEG-LS (ISO 14495-1) and JPEG XL's brand are not parsed further.
J2K_COMMENT, J2K_TILE = 0x64, 0x90
NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
SCAN = 0xDA
# What an application segment may hold here: Adobe's colour transform and JFIF's bare header.
ADOBE_BYTES, JFIF_BYTES = 14, 16
COPY = 1 << 20


def fragments(handle: BinaryIO) -> Iterator[bytes]:
    """Yield the fragments of encapsulated pixels from the basic offset table on, which it skips.

    `handle` stands at the first item; afterwards it stands behind the delimiter. Raises
    ValueError on anything that is no item.
    """
    first = True
    while True:
        mark, size = handle.read(4), handle.read(4)
        if mark == DELIMITER:
            return
        if mark != ITEM or len(size) != 4:
            raise ValueError("the pixels hold something that is no item")
        (length,) = struct.unpack("<I", size)
        content = handle.read(length)
        if not first:
            yield content
        first = False


def stream_faults(content: bytes) -> Iterator[str]:
    """Yield the kinds of metadata in one JPEG or JPEG 2000 image; nothing for other streams."""
    if content.startswith(J2K_START):
        yield from _j2k_faults(content)
    elif content.startswith(JPEG_START):
        yield from _jpeg_faults(content)


def _jpeg_faults(content: bytes) -> Iterator[str]:
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF or marker in NO_LENGTH:
            place += 1 if marker == 0xFF else 2
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if marker == COMMENT or _holds_metadata(marker, content[place + 4 :], length):
            yield "segment_in_pixels"
        place += 2 + length
        if marker == SCAN:
            place = _after_scan(content, place)
            if content[place + 1 : place + 2] == JPEG_END[1:]:
                place += 2
                break
    if content[place:].strip(b"\0\xff"):
        yield "bytes_after_image"


def _holds_metadata(marker: int, segment: bytes, length: int) -> bool:
    if marker == ADOBE:
        return not (segment.startswith(b"Adobe") and length == ADOBE_BYTES)
    if marker == JFIF:
        return not (segment.startswith(b"JFIF\0") and length == JFIF_BYTES)
    return marker & 0xF0 == 0xE0


def _after_scan(content: bytes, place: int) -> int:
    """Return the place of the first marker that ends the entropy-coded data at `place`."""
    while (place := content.find(b"\xff", place)) >= 0:
        following = content[place + 1 : place + 2]
        if not following:
            break
        # A stuffed byte: 0 in JPEG, below 128 in JPEG-LS; restart marks stay within the scan.
        if following[0] >= 0x80 and not 0xD0 <= following[0] <= 0xD7 and following[0] != 0xFF:
            return place
        place += 1 if following[0] == 0xFF else 2
    return len(content)


def _j2k_faults(content: bytes) -> Iterator[str]:
    place = 2
    while place + 4 <= len(content) and content[place] == 0xFF:
        marker = content[place + 1]
        if marker == J2K_TILE:
            break
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if marker == J2K_COMMENT:
            yield "segment_in_pixels"
        place += 2 + length
    end = content.rfind(J2K_END)
    if end < 0 or content[end + 2 :].strip(b"\0"):
        yield "bytes_after_image"


def pixel_length(handle: BinaryIO, syntax: UID) -> int | None:
    """Read on to the value of the element at `handle`, and return its length.

    None if it is not Pixel Data.
    """
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    start = handle.read(8)
    if len(start) < 8 or struct.unpack(f"{order}HH", start[:4]) != PIXEL_DATA:
        return None
    length = start[4:] if syntax.is_implicit_VR else handle.read(4)
    return int(struct.unpack(f"{order}I", length)[0])


def pixel_faults(handle: BinaryIO, length: int, expected: int | None) -> Iterator[str]:
    """Yield what is wrong with the value of Pixel Data at `handle`, and read past it.

    `length` is the element's, `expected` how many bytes native pixels have.
    """
    if length == UNDEFINED:
        # An image of several fragments is not parsed alone: each begins an image in ultrasound.
        for content in fragments(handle):
            yield from stream_faults(content)
        handle.read(4)
        return
    if expected is not None and length != expected + expected % 2:
        yield "pixel_length"
    left = length
    while left and (content := handle.read(min(left, COPY))):
        left -= len(content)
    if left:
        yield "pixel_length"
