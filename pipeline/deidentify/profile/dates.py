"""Dates shifted by a keyed number of whole days per patient, so that all intervals stay.

Whole days leave times of day as they are, so a study that spans midnight still does (PS3.15
E.3.6). What is no date or time of PS3.5 6.2 has no shifted form and is not kept either.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from pipeline.deidentify.profile.elements import MANY
from pipeline.io.keys import pseudonym

# ACR-NEMA wrote dots, which PS3.5 asks readers to understand.
DATE = re.compile(r"(\d{4})(\.?)(\d\d)\2(\d\d)")
TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d(([0-5]\d|60)(\.\d{1,6})?)?)?")
OLD_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d(?:\.\d{1,6})?))?")
# Year and month, day, time with fraction, offset from UTC; each needs the one before it.
DATETIME = re.compile(r"(\d{4})(?:(\d\d)(?:(\d\d)(\d[\d.]*)?)?)?([+-](?:0\d|1[0-4])[0-5]\d)?")


def offset_days(key: bytes, patient: str, most: int) -> int:
    """Return the shift of a patient's dates in days: uniform over -most..most without 0."""
    number = int(pseudonym(key, "date shift", patient), 16) % (2 * most)
    return number - most if number < most else number - most + 1


def shift_date(text: str, days: int) -> str | None:
    """Return a DA value shifted, or None when it is no date (or leaves the years 1 to 9999)."""
    match = DATE.fullmatch(text)
    if match is None:
        return None
    return _shifted(int(match[1]), int(match[3]), int(match[4]), days)


def shift_datetime(text: str, days: int) -> str | None:
    """Return a DT value shifted with the precision that it had, or None when it is none.

    A partial value counts from its first day: 201907 by 20 days stays in July.
    """
    match = DATETIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, time, zone = match.groups()
    if time and valid_time(time) is None:
        return None
    shifted = _shifted(int(year), int(month or 1), int(day or 1), days)
    if shifted is None:
        return None
    length = 8 if day else 6 if month else 4
    return shifted[:length] + (time or "") + (zone or "")


def valid_time(text: str) -> str | None:
    """Return a TM value, without the colons of ACR-NEMA, or None when it is no time."""
    old = OLD_TIME.fullmatch(text)
    plain = "".join(part or "" for part in old.groups()) if old else text
    return plain if TIME.fullmatch(plain) else None


@lru_cache(maxsize=MANY)
def shift(vr: str, text: str, days: int) -> str | None:
    """Return one value of DA, DT or TM shifted by whole days, or None when it is invalid.

    A range (PS3.4 C.2.2.2.5) is shifted at both ends.
    """
    if vr == "TM":
        return _both_ends(text, valid_time)
    if vr == "DA":
        return _both_ends(text, lambda end: shift_date(end, days))
    return shift_datetime(text, days) or _both_ends(text, lambda end: shift_datetime(end, days))


def _both_ends(text: str, change: Callable[[str], str | None]) -> str | None:
    if "-" not in text:
        return change(text)
    first, _, last = text.partition("-")
    if not first + last:
        return None
    ends = [change(end) if end else "" for end in (first, last)]
    return "-".join(end for end in ends if end is not None) if None not in ends else None


def _shifted(year: int, month: int, day: int, days: int) -> str | None:
    try:
        shifted = date(year, month, day) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{shifted.year:04d}{shifted.month:02d}{shifted.day:02d}"
