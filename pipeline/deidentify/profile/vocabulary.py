"""Descriptions cut down to a closed vocabulary (PS3.15 E.3.5): what it does not know is dropped."""

import re
from collections.abc import Iterator, Set
from functools import cache, lru_cache

from pipeline.deidentify.profile.elements import MANY
from pipeline.deidentify.profile.words import VOCABULARY

WORD = re.compile(r"[^\W_]+")
# Where a phrase ends whatever follows: signs that part a name from a description.
BREAK = re.compile(r"[\^,;:=()\[\]]")
# The word after one of these is a name, though the vocabulary may have it too.
TITLES = frozenset(["DR", "DOCTOR", "PROF", "PROFESSOR", "MR", "MRS", "MISS", "HERR", "FRAU"])


@cache
def _phrases() -> dict[str, list[tuple[str, ...]]]:
    """Return the vocabulary's phrases by their first word, the longest first."""
    lines = VOCABULARY.read_text(encoding="ascii").splitlines()
    found = [tuple(line.split()) for line in lines if line and not line.startswith("#")]
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in sorted(found, key=len, reverse=True):
        by_first.setdefault(phrase[0], []).append(phrase)
    return by_first


def words_of(text: str) -> list[str]:
    """Return the words of a text in upper case."""
    return WORD.findall(text.upper())


@lru_cache(maxsize=MANY)
def _begins_any(text: str) -> bool:
    """Return whether a phrase may begin in a text; in most, none does, and an archive repeats."""
    return not _phrases().keys().isdisjoint(words_of(text))


def clean_text(text: str, names: Set[str]) -> str:
    """Return the phrases of `text` that the vocabulary has, in their order; often nothing.

    `names` are words, in upper case, that name this patient: a phrase with one of them is dropped
    although the vocabulary has it.
    """
    if not _begins_any(text):
        return ""
    kept = " ".join(word for part in BREAK.split(text) for word in _known(words_of(part), names))
    # What stood apart may be read as another phrase now, so that cleaning again would change it.
    return kept if kept == text else clean_text(kept, names)


def _known(words: list[str], names: Set[str]) -> Iterator[str]:
    """Yield the words of the longest known phrases, and none that follows a title."""
    phrases, start = _phrases(), 0
    while start < len(words):
        if words[start] in TITLES:
            start += 2
            continue
        for phrase in phrases.get(words[start], ()):
            if tuple(words[start : start + len(phrase)]) == phrase and names.isdisjoint(phrase):
                yield from phrase
                start += len(phrase)
                break
        else:
            start += 1
