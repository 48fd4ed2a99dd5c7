"""Does a text hold an identifying value? Compared word by word, whatever the spelling.

Text becomes words: runs of letters or of digits, in lower case, without accents. So case, order
marks and separators do not matter: `MÜLLER^ANNA`, `Muller, Anna` and `muller_anna` are the same
two words. A digest is one word, else the digits of somebody's birthday would turn up in digests
by chance.

Of a phrase only 8 bytes of digest are kept, so that the harvest of a large archive fits into
memory. Two phrases out of a hundred million share a digest once in some thousand archives.
"""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

WORD = re.compile(r"[0-9a-f]{32,}|[^\W\d_]+|[0-9]+")
# Shorter values, in bytes, occur by chance in any text; a name of two Chinese signs has six.
SHORTEST = 5
# A shorter number in a numeric column or element is a size or a setting.
SHORTEST_NUMBER = 7
# A longer text, as the ledger's of all actions, is not kept to be known again.
REMEMBERED = 1000
# Digests that wait to be merged into the sorted ones: each takes ten times as much meanwhile.
WAITING = 1 << 15
# Texts whose count is remembered.
TEXTS = 1 << 13

Phrase = tuple[str, ...]
Digests = npt.NDArray[np.uint64]


def words(text: str) -> Phrase:
    """Return the words of a text."""
    plain = text.casefold()
    if not plain.isascii():
        marks = unicodedata.normalize("NFKD", plain)
        plain = "".join(mark for mark in marks if not unicodedata.combining(mark))
    return tuple(WORD.findall(plain))


def digest(content: bytes) -> int:
    """Return 8 bytes of a digest, as a number: the same in every run."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "little")


def eight_bytes(number: int) -> bytes:
    """Return a number of 64 bits as a map's value."""
    return number.to_bytes(8, "little")


class DigestSet:
    """A growing set of numbers of 64 bits, in 8 bytes each."""

    def __init__(self) -> None:
        self._sorted: Digests = np.empty(0, np.uint64)
        self._waiting: set[int] = set()

    def add(self, number: int) -> None:
        """Add one number."""
        self._waiting.add(number)
        if len(self._waiting) >= WAITING:
            self.sorted()

    def merge(self, other: "DigestSet") -> None:
        """Add all numbers of another set."""
        self._waiting.update(other.sorted().tolist())
        if len(self._waiting) >= WAITING:
            self.sorted()

    def sorted(self) -> Digests:
        """Return all numbers, ascending, each once."""
        if self._waiting:
            new = np.sort(np.fromiter(self._waiting, np.uint64, len(self._waiting)))
            places = np.searchsorted(self._sorted, new)
            fresh = ~_are_at(self._sorted, places, new)
            self._sorted = np.insert(self._sorted, places[fresh], new[fresh])
            self._waiting = set()
        return self._sorted

    def __contains__(self, number: int) -> bool:
        """Tell whether a number is in the set, also while some are still being added."""
        if number in self._waiting:
            return True
        asked = np.asarray([number], np.uint64)
        return bool(_are_at(self._sorted, np.searchsorted(self._sorted, asked), asked)[0])

    def __len__(self) -> int:
        return len(self.sorted())

    def others(self, known: "DigestSet") -> int:
        """Return how many of the numbers are not in another set."""
        return len(np.setdiff1d(self.sorted(), known.sorted(), assume_unique=True))

    def shared(self, other: "DigestSet") -> int:
        """Return how many of the numbers another set has too."""
        return len(other) - other.others(self)

    def hits(self, numbers: Sequence[int]) -> set[int]:
        """Return those of `numbers` that are in the set."""
        known, asked = self.sorted(), np.asarray(numbers, np.uint64)
        found = asked[_are_at(known, np.searchsorted(known, asked), asked)]
        return {int(number) for number in found}


class DigestMap:
    """A growing map of numbers of 64 bits to values of `width` bytes, in 16 + `width` bytes each.

    All are added before the first is asked for. Of a number that was added twice the first counts.
    """

    def __init__(self, width: int = 8) -> None:
        self._width = width
        self._keys, self._values = array("Q"), bytearray()
        self._order: npt.NDArray[np.intp] | None = None

    def add(self, number: int, value: bytes) -> None:
        """Add one pair."""
        if len(value) != self._width:
            raise ValueError(f"a value of {len(value)} bytes where all have {self._width}")
        self._keys.append(number)
        self._values += value
        self._order = None

    def merge(self, other: "DigestMap") -> None:
        """Add all pairs of another map, after its own."""
        self._keys.extend(other._keys)
        self._values += other._values
        self._order = None

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, number: int) -> bytes | None:
        """Return the value of a number, or None."""
        keys = np.frombuffer(self._keys, np.uint64)
        if self._order is None:
            self._order = np.argsort(keys, kind="stable")
        place = int(np.searchsorted(keys, np.uint64(number), sorter=self._order))
        if place == len(keys) or keys[self._order[place]] != number:
            return None
        start = int(self._order[place]) * self._width
        return bytes(self._values[start : start + self._width])


def _are_at(known: Digests, places: npt.NDArray[np.intp], asked: Digests) -> npt.NDArray[np.bool_]:
    """Tell which numbers are among sorted ones, by the places where these would take them in."""
    if not len(known):
        return np.zeros(len(asked), bool)
    same: npt.NDArray[np.bool_] = known[np.minimum(places, len(known) - 1)] == asked
    return same


class Searcher:
    """Finds phrases in texts, in time that does not grow with the number of phrases.

    `found` are the digests of all that was found so far.
    """

    def __init__(self, phrases: Iterable[Phrase] = ()) -> None:
        self.found = set[int]()
        self._digests, self._lengths = DigestSet(), set[int]()
        # Headers repeat most of their texts.
        self._remembered: dict[str, int] = {}
        for phrase in phrases:
            self.add(phrase)

    def add(self, phrase: Phrase) -> None:
        """Look for one more phrase, unless it is too short to mean anything."""
        if len("".join(phrase).encode()) >= SHORTEST:
            self._digests.add(_digest_of(phrase))
            self._lengths.add(len(phrase))
            self._remembered.clear()

    def merge(self, other: "Searcher") -> None:
        """Look for the phrases of another one too."""
        self._digests.merge(other._digests)
        self._lengths |= other._lengths
        self._remembered.clear()

    def __len__(self) -> int:
        return len(self._digests)

    def count(self, text: str) -> int:
        """Return how many of the phrases occur in a text."""
        if (known := self._remembered.get(text)) is not None:
            return known
        count = self._count(text)
        if len(text) <= REMEMBERED:
            if len(self._remembered) >= TEXTS:
                self._remembered.clear()
            self._remembered[text] = count
        return count

    def _count(self, text: str) -> int:
        found = words(text)
        runs = [
            _digest_of(found[start : start + length])
            for length in sorted(self._lengths)
            for start in range(len(found) - length + 1)
        ]
        hits = self._digests.hits(runs)
        self.found |= hits
        return len(hits)

    def holds(self, found: set[int]) -> bool:
        """Tell whether any of some digests is one of a phrase that is looked for."""
        return not found.isdisjoint(self._digests.sorted().tolist())

    def count_number(self, number: float) -> int:
        """Return how many phrases a number is; only long whole numbers can be somebody's."""
        whole = str(int(number)) if float(number).is_integer() else ""
        return self.count(whole) if len(whole) >= SHORTEST_NUMBER else 0


def _digest_of(phrase: Phrase) -> int:
    return digest(" ".join(phrase).encode())
