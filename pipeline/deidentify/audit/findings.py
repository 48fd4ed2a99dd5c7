"""What the audit found: how often of each kind, and where first, in names that the study gave."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

# Enough to look at; a leak in every file of a large archive is one leak.
PLACES = 3
PSEUDONYM = re.compile(r"[0-9a-f]{32}")


class Findings(Counter[str]):
    """Counts by kind and file; `places` are the first few of each kind.

    A place never quotes what was read: it is a pseudonym, the name of a column or attribute, or
    the number of a row, line or member, counted from 1.
    """

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, list[str]] = {}

    def note(self, kind: str, place: str, count: int = 1) -> None:
        """Count findings of one kind in one place; 0 is none."""
        if count:
            self[kind] += count
            self._remember(kind, place)

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how it is made again in another process: a Counter would be given its items."""
        return Findings, (), {"places": self.places}, None, iter(self.items())

    def __pos__(self) -> "Findings":
        """Return what was found at all: a count of 0 says that a check was made."""
        kept = Findings()
        kept.merge(self)
        for kind in [kind for kind, count in kept.items() if not count]:
            del kept[kind]
        return kept

    def merge(self, other: "Findings") -> None:
        """Add what another check found."""
        for kind, count in other.items():
            self[kind] += count
        for kind, places in other.places.items():
            for place in places:
                self._remember(kind, place)

    def _remember(self, kind: str, place: str) -> None:
        places = self.places.setdefault(kind, [])
        if len(places) < PLACES and place not in places:
            places.append(place)

    def lines(self) -> Iterator[str]:
        """Yield a line for each kind of which a place is known."""
        for kind, places in sorted(self.places.items()):
            more = ", first in" if self[kind] > len(places) else " in"
            yield f"{kind}: {self[kind]}{more} {'; '.join(places)}"


def pseudonym_or(name: object, number: str) -> str:
    """Return a name that is a pseudonym of ours, else `number`: another name may be somebody's."""
    text = str(name)
    return f"instance {text}" if PSEUDONYM.fullmatch(text) else number
