"""Descriptions cut down to a closed vocabulary (PS3.15 E.3.5): what it does not know is dropped."""

import re
from collections.abc import Set
from functools import cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("vocabulary.txt")
WORD = re.compile(r"[^\W_]+")


@cache
def _phrases() -> frozenset[tuple[str, ...]]:
    lines = VOCABULARY.read_text(encoding="ascii").splitlines()
    return frozenset(tuple(line.split()) for line in lines if line and not line.startswith("#"))


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in _phrases())


def words_of(text: str) -> list[str]:
    """Return the words of a text in upper case."""
    return WORD.findall(text.upper())


def clean_text(text: str, names: Set[str]) -> str:
    """Return the phrases of `text` that the vocabulary has, in their order; often nothing.

    `names` are words, in upper case, that name this patient: a phrase with one of them is dropped
    although the vocabulary has it.
    """
    words = words_of(text)
    kept: list[str] = []
    start = 0
    while start < len(words):
        for length in range(min(_longest(), len(words) - start), 0, -1):
            phrase = tuple(words[start : start + length])
            if phrase in _phrases() and names.isdisjoint(phrase):
                kept += phrase
                start += length
                break
        else:
            start += 1
    return " ".join(kept)
