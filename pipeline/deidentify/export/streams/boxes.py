"""The boxes of the JPEG 2000 and JPEG XL file formats (ISO 15444-1 I.4, ISO 18181-2)."""

from collections.abc import Iterator

from pipeline.deidentify.export.streams.fault import refusal


def boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, content) of each box, in order.

    Raises UnusableError when a box is longer than what is left. A single byte after the last box
    is DICOM's padding.
    """
    position = 0
    while len(content) - position > 1:
        length, kind = int.from_bytes(content[position : position + 4], "big"), 8
        name = content[position + 4 : position + 8]
        if length == 1:
            length, kind = int.from_bytes(content[position + 8 : position + 16], "big"), 16
        end = position + length if length else len(content)
        if len(name) < 4 or end < position + kind or end > len(content):
            raise refusal("box_length")
        yield name, content[position + kind : end]
        position = end


def box(name: bytes, content: bytes) -> bytes:
    """Return a box of the given type."""
    return (len(content) + 8).to_bytes(4, "big") + name + content
