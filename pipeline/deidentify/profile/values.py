"""Which values may leave although no rule names their attribute, because they can name nobody."""

import re
from functools import cache

from pydicom.uid import RE_VALID_UID

from pipeline.deidentify.profile.elements import SIZES, most_values
from pipeline.deidentify.profile.words import TERMS_FILE
from pipeline.ingest.machines import maker as maker_of
from pipeline.io.uids import is_registered

NUMBER = re.compile(r" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})? *")
WHOLE = re.compile(r" *[+-]?\d+ *")
# A whole number in digits that is longer may be a date, or somebody's.
LONGEST_WHOLE = 6
# The counter that makes up the fourth value of an ultrasound image type (PS3.3 C.8.5.6.1.1).
COUNTER = re.compile(r"\d{0,4}")
AGE = re.compile(r"(\d{1,3})([DWMY])")
OLDEST = 89
LONGEST_UID = 64
ZONE = re.compile(r"[+-](0\d|1[0-4])[0-5]\d")
# Names of machines and the like: letters, digits and a few signs, but no long number.
PLAIN_NAME = re.compile(r"(?!.*\d{5})[A-Za-z0-9][A-Za-z0-9 ._/+(),:-]{0,63}")


@cache
def terms() -> frozenset[str]:
    """Return the coded values (CS) that may leave: defined terms of the image modules of PS3.3."""
    lines = TERMS_FILE.read_text(encoding="ascii").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def fits(tag: int, vr: str, length: int) -> bool:
    """Tell whether a binary value has a length that its VR and multiplicity allow."""
    size = SIZES[vr] * (2 if vr == "AT" else 1)
    most = most_values(tag) if tag >> 16 & 1 == 0 else 0
    return length % size == 0 and (most == 0 or length <= most * size)


def number(text: str) -> str | None:
    """Return a DS or IS whose values all are numbers, else None."""
    parts = text.split("\\")
    return text if all(not part.strip() or NUMBER.fullmatch(part) for part in parts) else None


def small_number(text: str) -> str | None:
    """Return a DS or IS whose values all are numbers too short for a date or an identifier."""
    is_long = any(
        WHOLE.fullmatch(part) and len(part.strip(" +-")) > LONGEST_WHOLE
        for part in text.split("\\")
    )
    return None if is_long else number(text)


def known_terms(text: str) -> str | None:
    """Return a CS with every value that is no defined term emptied, or None when none is."""
    parts = [part.strip() for part in text.split("\\")]
    kept = [part if part in terms() or COUNTER.fullmatch(part) else "" for part in parts]
    return "\\".join(kept) if any(kept) else None


def maker(text: str) -> str | None:
    """Return the name of the machine's maker from the fixed list, or None."""
    found = maker_of(text)
    return None if found == "other" else found.upper() if len(found) == 2 else found.capitalize()


def zone(text: str) -> str | None:
    """Return an offset from UTC such as +0100, or None when it is none."""
    stripped = text.strip()
    return stripped if ZONE.fullmatch(stripped) else None


def capped_age(text: str) -> str | None:
    """Return an AS with ages above 89 years as 090Y, or None when it is no age."""
    match = AGE.fullmatch(text.strip())
    if match is None:
        return None
    if match[2] == "Y" and int(match[1]) > OLDEST:
        return f"{OLDEST + 1:03d}Y"
    return f"{int(match[1]):03d}{match[2]}"


def is_structural(uid: str) -> bool:
    """Tell whether a UID is one that the standard defines, the same in all files (E.3.9)."""
    return is_registered(uid)


def is_uid(text: str) -> bool:
    """Tell whether a text is a UID (PS3.5 9.1)."""
    return len(text) <= LONGEST_UID and re.fullmatch(RE_VALID_UID, text) is not None
