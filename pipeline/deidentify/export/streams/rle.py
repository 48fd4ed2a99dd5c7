"""RLE frames without what lies between and after their segments (PS3.5 Annex G)."""

from pipeline.deidentify.export.streams.fault import refusal

HEADER = 64
MOST_SEGMENTS = 15
NO_OPERATION = 128


def clean_rle(encoded: bytes, plane_bytes: int) -> bytes:
    """Return one frame with its segments side by side, each cut where its plane is complete.

    `plane_bytes` is rows times columns: each segment holds one byte of every sample of a plane.
    Raises UnusableError when a segment holds less, or the offsets are not in order.
    """
    header = [int.from_bytes(encoded[at : at + 4], "little") for at in range(0, HEADER, 4)]
    count, offsets = header[0], header[1 : header[0] + 1]
    if not 1 <= count <= MOST_SEGMENTS or len(encoded) < HEADER:
        raise refusal("rle_header")
    if offsets[0] < HEADER or offsets != sorted(set(offsets)):
        raise refusal("rle_offsets")
    ends = [*offsets[1:], len(encoded)]
    segments = [
        _cut(encoded[start:end], plane_bytes) for start, end in zip(offsets, ends, strict=True)
    ]
    starts, position = [], HEADER
    for segment in segments:
        starts.append(position)
        position += len(segment)
    words = [count, *starts, *[0] * (MOST_SEGMENTS - count)]
    return b"".join([*(word.to_bytes(4, "little") for word in words), *segments])


def _cut(segment: bytes, plane_bytes: int) -> bytes:
    """Return a segment up to the run that completes its plane, of even length (G.3.1)."""
    position, made = 0, 0
    while made < plane_bytes:
        if position >= len(segment):
            raise refusal("rle_short")
        control = segment[position]
        if control < NO_OPERATION:
            position, made = position + control + 2, made + control + 1
        elif control > NO_OPERATION:
            position, made = position + 2, made + 257 - control
        else:
            position += 1
    if made > plane_bytes or position > len(segment):
        raise refusal("rle_long")
    return segment[:position] + b"\0" * (position % 2)
