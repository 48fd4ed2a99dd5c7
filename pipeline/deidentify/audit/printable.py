"""Readable texts among bytes of unknown kind, as `strings` finds them, but few in noise.

Private values, and files that are no DICOM, hold compressed data and grey levels. Of 64 KiB of
noise `strings` makes thousands of texts; for a large archive nobody could keep them, and those of
grey levels would be found in every image.
"""

import re
from collections.abc import Iterator

# What words and numbers are written with: letters, digits, and separators.
WORDY = rb"0-9A-Za-z .,:;'\"^=_/\\@+()&#\-"
UTF_8 = re.compile(rb"(?:[" + WORDY + rb"]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){5,}")
LATIN_1 = re.compile(rb"[" + WORDY + rb"\xc0-\xff]{6,}")
UTF_16 = (
    ("utf-16-le", re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00){4,}")),
    ("utf-16-be", re.compile(rb"(?:\x00[\x20-\x7e\xa0-\xff]){4,}")),
)
# Names in character sets whose letters are all above ASCII: Cyrillic, Greek, Hebrew, Arabic, EUC.
# Runs are tried from their first byte alone, as PART below.
FOREIGN = re.compile(rb"(?<![\xa1-\xff])[\xa1-\xff]{3,}+(?:[\^ ][\xa1-\xff]{3,}+)++")
# Of a text in Latin-1 at most one byte in so many is above ASCII.
ASCII_SHARE = 4
# A shorter text counts only between bytes that are no signs, or at an end: noise has few of these.
SHORT, CONTROLS = 8, frozenset(range(0x20))
# Fewer different letters and digits are a flat area's.
DIFFERENT = 3
# From the first letter of a word, all letters or none: long binary values have runs of thousands.
PART = r"[^\W\d_]++(?:['-][^\W\d_]++)*"
NAME = re.compile(rf"(?<![^\W\d_]){PART}(?:\^{PART})+")
SPOKEN = re.compile(r"[^\W_]{3,}")
MOST = 1 << 16


def readable_texts(content: bytes) -> Iterator[str]:
    """Yield the texts in the first 64 KiB of `content`, read as UTF-8, Latin-1 and UTF-16.

    A text has a run of at least three letters or digits, or is written like a person's name: others
    are grey levels or lengths.
    """
    found = [text.strip() for text in _texts(content[:MOST])]
    yield from dict.fromkeys(text for text in found if _is_spoken(text))


def _texts(head: bytes) -> Iterator[str]:
    for run in UTF_8.finditer(head):
        if _stands_alone(run, head):
            yield run[0].decode("utf-8", "replace")
    for run in LATIN_1.finditer(head):
        above = sum(byte >= 0xC0 for byte in run[0])
        if 0 < above * ASCII_SHARE <= len(run[0]) and _stands_alone(run, head):
            yield run[0].decode("latin-1")
    for run in FOREIGN.finditer(head):
        yield run[0].decode("latin-1")
    for encoding, runs in UTF_16:
        for run in runs.finditer(head):
            yield run[0].decode(encoding)


def _stands_alone(run: re.Match[bytes], head: bytes) -> bool:
    """Tell whether a run of bytes is long, or ends where no other byte could go on with it."""
    if len(run[0]) >= SHORT:
        return True
    around = head[max(run.start() - 1, 0) : run.start()] + head[run.end() : run.end() + 1]
    return CONTROLS.issuperset(around)


def _is_spoken(text: str) -> bool:
    different = {sign for sign in text.lower() if sign.isalnum()}
    return len(different) >= DIFFERENT and bool(SPOKEN.search(text) or NAME.search(text))


def names_in(text: str) -> Iterator[str]:
    """Yield what is written like a person's name (PS3.5 6.2) in an attribute of another kind."""
    yield from NAME.findall(text)
