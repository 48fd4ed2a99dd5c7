"""Are identifying values among raw bytes, whatever stands around them?

Bytes are squeezed: letters in lower case, digits and bytes above 127 stay, all else goes. So one
pattern finds `MUELLER^ANNA`, `mueller, anna` and, as its zero bytes vanish, UTF-16 and UTF-32 in
either order. What is not ASCII is also looked for unsqueezed, in each character set that DICOM
files use (PS3.3 C.12.1.1.2), as its second bytes may be signs that squeezing drops. The first eight
bytes of all patterns are looked up at once, in time that does not grow with their number.
"""

import math
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from string import ascii_lowercase
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from pipeline.deidentify.audit.search import DigestSet, Phrase, digest

CHARACTER_SETS = (
    "utf-8", "utf-16-le", "utf-16-be", "latin-1", "iso8859-2", "iso8859-3", "iso8859-4",
    "iso8859-5", "iso8859-6", "iso8859-7", "iso8859-8", "iso8859-9", "iso8859-15", "tis-620",
    "cp1251", "cp1252", "shift-jis", "iso2022-jp", "iso2022-jp-2", "euc-kr", "iso2022-kr",
    "gb2312", "gb18030", "big5",
)  # fmt: skip
# Bytes of no known kind hold thousands of runs that may be texts; those that are names, and all
# values of text, are looked for in all character sets.
OF_BYTES = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
# Code extensions switch between character sets by these sequences (PS3.5 6.1.2.5).
ESCAPE, SHIFTS = re.compile(rb"\x1b[$()\-./]{1,2}[0-~]"), b"\x0e\x0f"
DIGEST_RUN = re.compile(rb"[0-9a-f]{32,}", re.IGNORECASE)
# A date, or a date and time with what may follow: fractions of a second and a time zone.
PLAIN_DATE = re.compile(
    rb"(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(([01][0-9]|2[0-3])[0-9]{0,14})?"
)
GRAM = 8
# A pattern is looked for when chance, in random bytes, makes it less often than once in 2^60.
RAREST_BITS = 60.0
# Shorter numbers, and longer ones with no larger step from digit to digit, may be grey levels.
SURE_DIGITS, SMOOTH = 12, 2
KINDS_OF_BYTES = 26 + 26 + 10 + 128  # that squeezing keeps; a letter is two of them
LETTERS = ascii_lowercase.encode()
# Grey levels of the digits and letters; echo of middle brightness has hardly any others. Of all
# that an archive's pixels hold, no pattern may be there by chance but in one archive of a hundred.
GREYS_OF_TEXT, ONE_OF = 75, 100
LONGEST = 255
# A text of more signs has no pattern that is short enough, unless most of them are separators.
MOST_SIGNS = 4 * LONGEST
# From one letter of a value to the next, with a separator and a blank between them in UTF-32.
LARGEST_GAP = 12
SEPARATORS = ("^", " ", ", ", "")
BLOCK = 1 << 22
AROUND = 48
# Odd, with bits all over: spreads the grams over the filter (Knuth's multiplicative hashing).
SPREAD = np.uint64(0x9E3779B97F4A7C15)

FOLDED = bytes(range(256)).lower()
DROPPED = bytes(byte for byte in range(128) if not chr(byte).isalnum())
KEPT = ~np.isin(np.arange(256), list(DROPPED))


def without_escapes(content: bytes) -> bytes:
    """Return `content` without what switches between character sets."""
    return ESCAPE.sub(b"", content).translate(None, SHIFTS)


def squeeze(content: bytes) -> bytes:
    """Return the letters, in lower case, digits and high bytes of `content`."""
    return without_escapes(content).translate(FOLDED, DROPPED)


def encodings_of(text: str, character_sets: Sequence[str] = CHARACTER_SETS) -> Iterator[bytes]:
    """Yield a text that is not ASCII in each character set that has its signs, in usual cases."""
    for joined in {text.replace("^", separator) for separator in SEPARATORS}:
        for cased in {joined, joined.upper(), joined.lower()}:
            for name in character_sets:
                try:
                    yield without_escapes(cased.encode(name))
                except UnicodeEncodeError:
                    continue


def _is_rare(pattern: bytes) -> bool:
    if not GRAM <= len(pattern) <= LONGEST:
        return False
    letters = len(pattern) - len(pattern.translate(None, LETTERS))
    return len(pattern) * math.log2(KINDS_OF_BYTES) - letters >= RAREST_BITS


def _bits_among_greys(pattern: bytes) -> float:
    """Return how rare a pattern is among pixels whose grey levels are those of digits and letters.

    A letter is two of them.
    """
    letters = len(pattern) - len(pattern.translate(None, LETTERS))
    return len(pattern) * math.log2(GREYS_OF_TEXT) - letters


def _may_be_grey(pattern: bytes) -> bool:
    """Tell whether a number may be neighbouring pixels: its digits are the grey levels 48 to 57."""
    if not pattern.isdigit():
        return False
    steps = (abs(one - other) for one, other in pairwise(pattern))
    return len(pattern) < SURE_DIGITS or max(steps) <= SMOOTH


class RawSearcher:
    """Finds the spellings of values in raw bytes: phrases squeezed, other signs than ASCII as is.

    A shifted date is another patient's true one somewhere in a large archive: where dates are
    shifted, `plain_dates` is False and those written YYYYMMDD, with or without a time, are not
    looked for. What only values that are not `lawful` gave is doubtful, and so are short numbers:
    where an id is of eight ones, images have eight pixels of grey 49 in a row. So is what so many
    pixels as were announced by `expect` may well hold by chance. `found` are the digests of the
    findings so far.
    """

    def __init__(self, plain_dates: bool = True) -> None:
        self.found = set[int]()
        self._plain_dates = plain_dates
        self._squeezed, self._exact = PatternFinder(), PatternFinder()
        self._sure_bits, self._by_chance = 0.0, set[int]()

    def expect(self, size: int) -> None:
        """Announce that `size` bytes of pixels will be searched for all patterns."""
        self._sure_bits = math.log2(ONE_OF * max(1, size) * max(1, len(self)))

    def add_phrase(self, phrase: Phrase, lawful: bool = True) -> None:
        """Look for the words of a phrase, unless chance alone would find them."""
        pattern = "".join(phrase).encode()
        is_date = PLAIN_DATE.fullmatch(pattern) is not None
        if pattern.isascii() and _is_rare(pattern) and (self._plain_dates or not is_date):
            self._squeezed.add(pattern, lawful and not _may_be_grey(pattern))

    def add_text(
        self, text: str, character_sets: Sequence[str] = CHARACTER_SETS, lawful: bool = True
    ) -> None:
        """Look for a text with other signs than ASCII in its encodings."""
        if text.isascii() or len(text) > MOST_SIGNS:
            return
        for encoded in encodings_of(text, character_sets):
            if GRAM <= len(encoded) <= LONGEST:
                self._exact.add(encoded, lawful)
            if _is_rare(squeezed := squeeze(encoded)):
                self._squeezed.add(squeezed, lawful)

    def merge(self, other: "RawSearcher") -> None:
        """Look for the patterns of another one too."""
        self._squeezed.merge(other._squeezed)
        self._exact.merge(other._exact)

    def __len__(self) -> int:
        return len(self._squeezed) + len(self._exact)

    def holds(self, found: set[int]) -> bool:
        """Tell whether any of some digests is one of a pattern that is looked for."""
        return self._squeezed.holds(found) or self._exact.holds(found)

    def doubtful(self, found: set[int]) -> set[int]:
        """Return those of some patterns' digests that may be grey levels."""
        lawful = self._squeezed.lawful(found) | self._exact.lawful(found)
        return found - (lawful - self._by_chance)

    def find_in_file(self, path: Path) -> set[int]:
        """Return the digests of the patterns that a file holds."""
        with path.open("rb") as handle:
            return self.find_in(handle)

    def find_in(self, handle: BinaryIO) -> set[int]:
        """Return the digests of the patterns in the rest of an open file, read block by block."""
        found: set[int] = set()
        before = b""
        while block := handle.read(BLOCK):
            found |= self.find(before + block)
            before = block[-LONGEST * 2 :]
        return found

    def count(self, content: bytes) -> int:
        """Return how many patterns `content` holds."""
        return len(self.find(content))

    def find(self, content: bytes) -> set[int]:
        """Return the digests of the patterns that `content` holds."""
        plain = without_escapes(content)
        found = set[int]()
        for start, length, pattern in self._exact.places(plain):
            self._add(found, pattern, plain[start : start + length])
        squeezed = plain.translate(FOLDED, DROPPED)
        where: npt.NDArray[np.intp] | None = None
        for start, length, pattern in self._squeezed.places(squeezed):
            if where is None:
                where = np.flatnonzero(KEPT[np.frombuffer(plain, np.uint8)])
            if pattern not in found and _is_whole(plain, where[start : start + length]):
                self._add(found, pattern, squeezed[start : start + length])
        return found

    def _add(self, found: set[int], pattern: int, content: bytes) -> None:
        found.add(pattern)
        if _bits_among_greys(content) < self._sure_bits:
            self._by_chance.add(pattern)


class PatternFinder:
    """Finds byte patterns of 8 to 255 bytes; each takes 16 bytes of memory."""

    def __init__(self) -> None:
        self._lawful, self._others, self._grams = DigestSet(), DigestSet(), DigestSet()
        self._lengths: dict[int, set[int]] = {}
        self._filter: npt.NDArray[np.bool_] = np.zeros(0, bool)

    def add(self, pattern: bytes, lawful: bool = True) -> None:
        """Look for one more pattern."""
        gram = int.from_bytes(pattern[:GRAM], "little")
        (self._lawful if lawful else self._others).add(digest(pattern))
        self._grams.add(gram)
        # One set of lengths for each pair of first bytes stays small however many patterns.
        self._lengths.setdefault(gram & 0xFFFF, set()).add(len(pattern))
        self._filter = np.zeros(0, bool)

    def merge(self, other: "PatternFinder") -> None:
        """Look for the patterns of another one too."""
        self._lawful.merge(other._lawful)
        self._others.merge(other._others)
        self._grams.merge(other._grams)
        for start, lengths in other._lengths.items():
            self._lengths.setdefault(start, set()).update(lengths)
        self._filter = np.zeros(0, bool)

    def __len__(self) -> int:
        return len(self._lawful) + self._others.others(self._lawful)

    def holds(self, found: set[int]) -> bool:
        """Tell whether any of some digests is one of a pattern of this finder."""
        return bool(self._hits(list(found)))

    def lawful(self, found: set[int]) -> set[int]:
        """Return those of some digests that are of patterns which a lawful value gave."""
        return self._lawful.hits(list(found))

    def _hits(self, digests: list[int]) -> set[int]:
        return self._lawful.hits(digests) | self._others.hits(digests)

    def places(self, content: bytes) -> Iterator[tuple[int, int, int]]:
        """Yield (start, length, digest) of every occurrence of a pattern."""
        for start in self._starts(content):
            gram = int.from_bytes(content[start : start + GRAM], "little")
            candidates = {
                digest(content[start : start + length]): length
                for length in self._lengths.get(gram & 0xFFFF, ())
                if start + length <= len(content)
            }
            for pattern in self._hits(list(candidates)):
                yield start, candidates[pattern], pattern

    def _starts(self, content: bytes) -> list[int]:
        """Return where the first eight bytes of some pattern are."""
        grams = self._grams.sorted()
        if not len(grams) or len(content) < GRAM:
            return []
        if not len(self._filter):
            self._filter = np.zeros(1 << min(27, max(16, len(grams).bit_length() + 4)), bool)
            self._filter[self._slots(grams)] = True
        starts: list[int] = []
        for offset in range(GRAM):
            count = (len(content) - offset) // GRAM
            windows = np.frombuffer(content, "<u8", count, offset)
            likely = np.flatnonzero(self._filter[self._slots(windows)])
            places = np.minimum(np.searchsorted(grams, windows[likely]), len(grams) - 1)
            sure = likely[grams[places] == windows[likely]]
            starts += (sure * GRAM + offset).tolist()
        return starts

    def _slots(self, grams: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        bits = len(self._filter).bit_length() - 1
        return ((grams * SPREAD) >> np.uint64(64 - bits)).astype(np.int64)


def _is_whole(plain: bytes, places: npt.NDArray[np.intp]) -> bool:
    """Tell whether the bytes at `places` belong together and are no part of a longer number."""
    if np.diff(places).max(initial=1) > LARGEST_GAP:
        return False
    first, last = int(places[0]), int(places[-1]) + 1
    begin = max(0, first - AROUND)
    around = plain[begin : last + AROUND]
    for run in DIGEST_RUN.finditer(around):
        if run.start() < first - begin and last - begin < run.end():
            return False
    text = plain[first:last].replace(b"\0", b"")
    if not bytes(plain[place] for place in places.tolist()).isdigit():
        return True
    before = plain[begin:first].replace(b"\0", b"")[-2:]
    after = plain[last : last + AROUND].replace(b"\0", b"")[:2]
    is_part = re.search(rb"[0-9][.]?$", before) or re.match(rb"[.]?[0-9]", after)
    return not is_part and _may_be_one_number(text)


def _may_be_one_number(text: bytes) -> bool:
    """Tell whether digits with what stands between them are one number, or a date, or a UID."""
    is_date = re.fullmatch(rb"[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}", text)
    return text.isdigit() or is_date is not None or text.count(b".") >= 4
