"""The forms in which a value of the source may have been written elsewhere, as phrases of words.

Used by the audit alone. Case, accents and separators need no spelling of their own, since phrases
are compared word by word (search.py).
"""

import re
from calendar import month_name
from collections.abc import Iterator
from datetime import date
from itertools import permutations

from pipeline.deidentify.audit.search import Phrase, words

DATE = re.compile(r"([12][0-9]{3})[-./]?([01][0-9])[-./]?([0-3][0-9])(?![0-9]{1,3}(?![0-9]))")
MONTHS = [month.lower() for month in month_name if month]
PIECE = re.compile(r"[^\s,;:|=^\\/]+")
DIGIT = re.compile(r"[0-9]")


def spellings_of_date(text: str) -> Iterator[Phrase]:
    """Yield the dates of a DA, DT or free text in the usual orders, as digits and by month name."""
    for found in DATE.finditer(text):
        year, month, day = found.groups()
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            continue
        yield from _spellings(year, month, day)


def _spellings(year: str, month: str, day: str) -> Iterator[Phrase]:
    for order in ((year, month, day), (day, month, year), (month, day, year)):
        yield order
        yield ("".join(order),)
        yield tuple(part.lstrip("0") for part in order)
    for order in ((day, month, year[2:]), (month, day, year[2:]), (year[2:], month, day)):
        yield order
    name = MONTHS[int(month) - 1]
    for called in (name, name[:3]):
        for number in {day, day.lstrip("0")}:
            yield from ((number, called, year), (called, number, year), (year, called, number))


def spellings_of_name(text: str) -> Iterator[Phrase]:
    """Yield a person's name in every order of its first parts, joined, and part by part.

    The parts are those of each group of PS3.5 6.2: `family^given^middle^prefix^suffix`.
    """
    for group in text.split("="):
        parts = [words(part) for part in group.split("^") if words(part)]
        orders = [*permutations(parts[:3]), *permutations(parts[:2])] if len(parts) > 1 else []
        for order in orders:
            phrase = sum(order, ())
            yield phrase
            yield ("".join(phrase),)
        yield from parts


def names_as_written(text: str) -> Iterator[str]:
    """Yield a name's groups and parts with their accents and signs, for a search of raw bytes."""
    for group in text.split("="):
        parts = [part.strip() for part in group.split("^") if part.strip()]
        for order in (*permutations(parts[:3]), *permutations(parts[:2])):
            yield "^".join(order)
        yield from parts


def spellings_of_number(text: str) -> Iterator[Phrase]:
    """Yield the pieces of a longer text that hold digits: record numbers, accession numbers.

    Such a piece is somebody's number rather than a word of the language.
    """
    for piece in filter(DIGIT.search, PIECE.findall(text)):
        phrase = words(piece)
        yield phrase
        yield ("".join(phrase),)
