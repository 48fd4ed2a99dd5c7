"""Readable texts among bytes of unknown kind, as `strings` finds them."""

import re
from collections.abc import Iterator

# Runs of printable characters: ASCII and what UTF-8 or Latin-1 put above it; then two bytes each.
ONE_BYTE = re.compile(rb"[\x20-\x7e\x80-\xff]{5,}")
TWO_BYTES = (
    ("utf-16-le", re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){4,}")),
    ("utf-16-be", re.compile(rb"(?:\x00[\x20-\x7e\xa0-\xff]){4,}")),
)
# From the first letter of a word, all letters or none: long binary values have runs of thousands.
PART = r"[^\W\d_]++(?:['-][^\W\d_]++)*"
NAME = re.compile(rf"(?<![^\W\d_]){PART}(?:\^{PART})+")
SPOKEN = re.compile(r"[^\W_]{3,}")
MOST = 1 << 16


def readable_texts(content: bytes) -> Iterator[str]:
    """Yield the texts in the first 64 KiB of `content`, read as UTF-8, Latin-1 and UTF-16.

    A text has a run of at least three letters or digits: others are grey levels or lengths.
    """
    head = content[:MOST]
    found = [_decoded(run) for run in ONE_BYTE.findall(head)]
    for encoding, runs in TWO_BYTES:
        found += [run.decode(encoding) for run in runs.findall(head)]
    yield from (text.strip() for text in found if SPOKEN.search(text))


def _decoded(run: bytes) -> str:
    try:
        return run.decode("utf-8")
    except UnicodeDecodeError:
        return run.decode("latin-1")


def names_in(text: str) -> Iterator[str]:
    """Yield what is written like a person's name (PS3.5 6.2) in an attribute of another kind."""
    yield from NAME.findall(text)
