"""JPEG 2000 and HTJ2K codestreams without comments (ISO 15444-1 A, ISO 15444-15).

Packets are copied as they are. A file wrapper (JP2, JPH) is stripped to its codestream, which is
all that DICOM allows (PS3.5 A.4.4).
"""

from collections.abc import Iterator

from pipeline.deidentify.export.streams.boxes import boxes
from pipeline.deidentify.export.streams.fault import refusal

SOT, SOD, EOC = 0xFF90, 0xFF93, b"\xff\xd9"
TLM, COMMENT = 0xFF55, 0xFF64
# Capabilities, profile, size, coding and quantisation styles, regions, progression, packet lengths
# and headers, registration, and the transforms of part 2.
NEEDED = frozenset(
    {0xFF50, 0xFF51, 0xFF52, 0xFF53, 0xFF56, 0xFF57, 0xFF58, 0xFF59, 0xFF5C, 0xFF5D, 0xFF5E, 0xFF5F}
    | {0xFF60, 0xFF61, 0xFF63, 0xFF74, 0xFF75, 0xFF77, 0xFF78}
)
WRAPPER = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
# Boxes that say what the samples mean; without them the picture would be another.
MEANING = frozenset({b"pclr", b"cmap", b"cdef"})
TILE_PART_HEADER = 12
Segment = tuple[int, bytes]


def clean_jpeg2000(encoded: bytes) -> bytes:
    """Return one codestream without comments; what follows its end is dropped.

    Raises UnusableError when the structure is not that of the standard, or the stream breaks off.
    """
    stream = _codestream(encoded)
    if stream[:4] != b"\xff\x4f\xff\x51":
        raise refusal("jpeg2000_start")
    header, position = _segments(stream, 2, SOT)
    tile_parts = list(_tile_parts(stream, position))
    lengths = iter([len(part) for part in tile_parts])
    kept = [_tile_part_lengths(s, lengths) if s[0] == TLM else _written(s) for s in header]
    return b"".join([b"\xff\x4f", *kept, *tile_parts, EOC])


def _codestream(encoded: bytes) -> bytes:
    if not encoded.startswith(WRAPPER):
        return encoded
    found = b""
    for kind, content in boxes(encoded):
        if kind == b"jp2h" and MEANING.intersection(inner for inner, _ in boxes(content)):
            raise refusal("jpeg2000_wrapper")
        found = content if kind == b"jp2c" else found
    return found


def _segments(stream: bytes, position: int, end: int) -> tuple[list[Segment], int]:
    """Return the marker segments up to the marker `end` but for comments, and where that is."""
    found: list[Segment] = []
    while (marker := int.from_bytes(stream[position : position + 2], "big")) != end:
        length = int.from_bytes(stream[position + 2 : position + 4], "big")
        stop = position + 2 + length
        if length < 2 or stop > len(stream):
            raise refusal("jpeg2000_segment")
        if marker in NEEDED or marker == TLM:
            found.append((marker, stream[position + 4 : stop]))
        elif marker != COMMENT:
            raise refusal("jpeg2000_unknown_marker")
        position = stop
    return found, position


def _written(segment: Segment) -> bytes:
    marker, payload = segment
    return marker.to_bytes(2, "big") + (len(payload) + 2).to_bytes(2, "big") + payload


def _tile_parts(stream: bytes, position: int) -> Iterator[bytes]:
    """Yield each tile-part without comments, its length (Psot) put right."""
    while stream[position : position + 2] != EOC:
        start = stream[position : position + TILE_PART_HEADER]
        if start[:4] != b"\xff\x90\x00\x0a" or len(start) < TILE_PART_HEADER:
            raise refusal("jpeg2000_tile_part")
        length = int.from_bytes(start[6:10], "big")
        header, data = _segments(stream, position + TILE_PART_HEADER, SOD)
        # Without a length this is the last tile-part; packets never hold the bytes of a marker.
        end = position + length if length else stream.find(EOC, data)
        if not data < end <= len(stream):
            raise refusal("jpeg2000_end")
        body = b"".join(map(_written, header)) + stream[data:end]
        size = TILE_PART_HEADER + len(body)
        yield start[:6] + size.to_bytes(4, "big") + start[10:] + body
        position = end


def _tile_part_lengths(segment: Segment, lengths: Iterator[int]) -> bytes:
    """Return a TLM segment with the lengths that the tile-parts have now (A.7.1)."""
    payload = segment[1]
    if len(payload) < 2:
        raise refusal("jpeg2000_tile_lengths")
    index_size, length_size = payload[1] >> 4 & 3, 4 if payload[1] & 0x40 else 2
    step, written = index_size + length_size, bytearray(payload)
    for entry in range(2, len(payload), step):
        length = next(lengths, None)
        if length is None or entry + step > len(payload):
            raise refusal("jpeg2000_tile_lengths")
        written[entry + index_size : entry + step] = length.to_bytes(length_size, "big")
    return _written((TLM, bytes(written)))
