"""What options of the profile keep letter by letter, wherever else the archive has it.

Files are called by their UIDs and folders by their hospital, Saint Thomas has patients called
Thomas, and damaged files are searched for anything readable. So what is looked for is also part of
names that a study chose to keep. In the attribute that an option keeps, the very value that some
source has there is no finding; anywhere else, and any other value there, is searched as ever.
"""

from functools import lru_cache

from pipeline.deidentify.audit.raw_search import CHARACTER_SETS, RawSearcher
from pipeline.deidentify.audit.search import DigestSet, digest


class Kept:
    """The values, in 8 bytes each; none is asked for before all are added."""

    def __init__(self) -> None:
        self._values = DigestSet()

    def add(self, value: str) -> None:
        """Add the value of an attribute that an option keeps."""
        self._values.add(digest(value.encode()))

    def merge(self, other: "Kept") -> None:
        """Add the values of other sources."""
        self._values.merge(other._values)

    def __contains__(self, value: str) -> bool:
        """Tell whether some source has this very value."""
        return digest(value.strip("\0 ").encode()) in self._values


class KeptBytes:
    """Which patterns the kept values have, as the bytes of an object show these again."""

    def __init__(self, wanted: RawSearcher) -> None:
        self.patterns = set[int]()
        self._find = lru_cache(1 << 10)(lambda value: frozenset(_found(wanted, value)))

    def add(self, value: str) -> None:
        """Add the patterns of one value."""
        self.patterns |= self._find(value)


def _found(wanted: RawSearcher, value: str) -> set[int]:
    found = set[int]()
    for name in ("ascii",) if value.isascii() else CHARACTER_SETS:
        try:
            found |= wanted.find(value.encode(name))
        except UnicodeEncodeError:
            continue
    return found
