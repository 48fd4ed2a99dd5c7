"""Damaged copies of real objects, the same ones every time."""

import random
from collections.abc import Iterator

from tests.dicom_files import SYNTAXES, encode, screens, us_object
from tests.ingest.bad_files import packaged, with_private_sequence

# Headers are where damage matters; of the pixels, the first and last bytes.
HEADER_BYTES = 4096
LENGTHS = (0, 1, 2, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF)
MARKS = (
    b"\xfe\xff\x00\xe0", b"\xfe\xff\x0d\xe0", b"\xfe\xff\xdd\xe0", b"\xe0\x7f\x10\x00", b"SQ",
    b"UN", b"\xff\xd8", b"\xff\xd9", b"PK\x03\x04", b"\x1f\x8b", bytes(8), b"\xff" * 8,
)  # fmt: skip


def originals() -> list[bytes]:
    own = [encode(us_object(screens(1)), syntax) for syntax in SYNTAXES]
    real = ["examples_ybr_color.dcm", "examples_jpeg2k.dcm", "examples_palette.dcm"]
    return [*own, with_private_sequence(), *map(packaged, real)]


def mutate(content: bytes, draw: random.Random) -> bytes:
    """Return `content` with one to four bit flips, cuts, edits of lengths, or insertions."""
    damaged = bytearray(content)
    for _ in range(draw.randint(1, 4)):
        end = min(len(damaged), HEADER_BYTES) if draw.random() < 0.8 else len(damaged)
        place = draw.randrange(max(1, end))
        kind = draw.choice(("flip", "cut", "drop", "length", "insert", "copy"))
        if kind == "flip" and damaged:
            damaged[place] ^= 1 << draw.randrange(8)
        elif kind == "cut":
            del damaged[draw.randrange(len(damaged) + 1) :]
        elif kind == "drop":
            del damaged[place : place + draw.randint(1, 16)]
        elif kind == "length":
            size = draw.choice((2, 4))
            number = draw.choice(LENGTHS) & (1 << 8 * size) - 1
            damaged[place : place + size] = number.to_bytes(size, "little")
        elif kind == "insert":
            damaged[place:place] = draw.choice(MARKS)
        elif kind == "copy":
            damaged[place:place] = damaged[place : place + 64] * draw.randint(1, 50)
    return bytes(damaged)


def mutants(count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield `count` mutants, turn by turn of each original."""
    draw, sources = random.Random(seed), originals()
    for number in range(count):
        yield mutate(sources[number % len(sources)], draw)
