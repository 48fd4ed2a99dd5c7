"""Does a text hold an identifying value? Compared word by word, whatever the spelling.

Text becomes words: runs of letters or of digits, in lower case, without accents. So case, order
marks and separators do not matter: `MÜLLER^ANNA`, `Muller, Anna` and `muller_anna` are the same
two words. A digest is one word, else the digits of somebody's birthday would turn up in digests
by chance.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

WORD = re.compile(r"[0-9a-f]{32,}|[^\W\d_]+|[0-9]+")
# Shorter values, in bytes, occur by chance in any text; a name of two Chinese signs has six.
SHORTEST = 5
# A shorter number in a numeric column or element is a size or a setting.
SHORTEST_NUMBER = 7

Phrase = tuple[str, ...]


def words(text: str) -> Phrase:
    """Return the words of a text."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return tuple(WORD.findall("".join(mark for mark in plain if not unicodedata.combining(mark))))


class Searcher:
    """Finds phrases in texts, in time that does not grow with the number of phrases."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self._phrases = {
            phrase for phrase in phrases if sum(len(word.encode()) for word in phrase) >= SHORTEST
        }
        self._lengths = sorted({len(phrase) for phrase in self._phrases})
        # Headers repeat most of their texts.
        self.count = lru_cache(maxsize=1 << 16)(self._count)

    def __len__(self) -> int:
        return len(self._phrases)

    def _count(self, text: str) -> int:
        """Return how many of the phrases occur in a text."""
        found = words(text)
        runs = (
            found[start : start + length]
            for length in self._lengths
            for start in range(len(found) - length + 1)
        )
        return len(self._phrases.intersection(runs))

    def count_number(self, number: float) -> int:
        """Return how many phrases a number is; only long whole numbers can be somebody's."""
        whole = str(int(number)) if float(number).is_integer() else ""
        return self.count(whole) if len(whole) >= SHORTEST_NUMBER else 0
