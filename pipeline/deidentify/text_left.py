"""Which words of text the exported DICOM holds, by attribute: for the officer's page alone.

Read from the tars themselves, so that the page tells what leaves and not what should.
"""

import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from pydicom import dcmread
from pydicom.dataset import Dataset

from pipeline.io.shards import members_of
from pipeline.io.workers import side_by_side

# Value representations in which anything may be written (PS3.5, section 6.2).
FREE_TEXT = {"LO", "SH", "ST", "LT", "UT", "UC", "PN"}
WORD = re.compile(r"[^\W_]+")
# Pseudonyms and seals are this many hexadecimal digits.
DIGEST = re.compile(r"[0-9a-f]{32,}")
# Of an attribute; the rarest of more are counted together.
MOST_SHOWN, MOST_HELD = 60, 10_000

Words = Counter[tuple[str, str]]


class AttributeText(NamedTuple):
    """An attribute, its commonest words with how many objects hold each, and how many more."""

    name: str
    words: list[tuple[str, int]]
    more: int


def text_left(
    tars: Sequence[Path], workers: int, progress: Callable[[str], None]
) -> list[AttributeText]:
    """Return the words of all attributes of text in the objects of the tars, by attribute."""
    found: Words = Counter()
    for number, (_, words) in enumerate(side_by_side(words_in, tars, workers, "workers"), 1):
        found.update(words)
        progress(f"text of exported objects: part {number} of {len(tars)} read")
    by_attribute: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for (name, word), objects in found.items():
        by_attribute[name][word] = objects
    return [_shown(name, by_attribute[name]) for name in sorted(by_attribute)]


def words_in(tar: Path) -> Words:
    """Return how many objects of a tar hold a word, by attribute and word in lower case."""
    found: Words = Counter()
    with tarfile.open(tar, "r:") as objects:
        for member in members_of(objects):
            header = dcmread(cast(BinaryIO, objects.extractfile(member)), stop_before_pixels=True)
            held = set(_words(header))
            found.update(held if len(found) < MOST_HELD else (one for one in held if one in found))
    return found


def _words(dataset: Dataset) -> Iterator[tuple[str, str]]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _words(item)
        elif element.VR in FREE_TEXT:
            for word in WORD.findall(str(element.value).lower()):
                if not DIGEST.fullmatch(word):
                    yield element.keyword or str(element.tag), word


def _shown(name: str, words: Counter[str]) -> AttributeText:
    ordered = sorted(words.items(), key=lambda item: (-item[1], item[0]))
    return AttributeText(name, ordered[:MOST_SHOWN], max(0, len(ordered) - MOST_SHOWN))
