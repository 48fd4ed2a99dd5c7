"""Coded concepts that may leave: those of PS3.16, with the meaning that the standard gives them.

The meaning in a file is free text, and a code that the standard does not have may be a hospital's
or a person's, so a concept leaves by its scheme and value and brings its own words.
"""

from functools import cache
from typing import Any, NamedTuple, cast

from pydicom.dataset import Dataset

from pipeline.deidentify.profile.elements import make
from pipeline.deidentify.profile.tree import Cleaned


class Concept(NamedTuple):
    """A coded concept (PS3.3 8.8): scheme designator, value, and what it means."""

    scheme: str
    value: str
    meaning: str


# SNOMED CT's own concept for what is not known; stands for codes that may not leave.
UNKNOWN = Concept("SCT", "261665006", "Unknown")
# SNOMED's older identifiers, still written by most machines, under their two names.
OLD_SNOMED = ("SRT", "SNM3")
# Of pydicom: scheme -> keyword -> value -> (meaning, context groups).
Concepts = dict[str, dict[str, dict[str, tuple[str, Any]]]]
LONGEST_MEANING, LONGEST_VALUE = 64, 16
CODE_VALUE, SCHEME, MEANING = 0x00080100, 0x00080102, 0x00080104
LONG_CODE_VALUE, URN_CODE_VALUE = 0x00080119, 0x00080120
CODED = frozenset({CODE_VALUE, MEANING, LONG_CODE_VALUE, URN_CODE_VALUE})


@cache
def _concepts() -> dict[tuple[str, str], str]:
    from pydicom.sr._concepts_dict import concepts
    from pydicom.sr._snomed_dict import mapping

    meanings: dict[tuple[str, str], str] = {}
    for scheme, keywords in cast(Concepts, concepts).items():
        for codes in keywords.values():
            for value, (meaning, _) in codes.items():
                # The standard has a long and a short wording of some concepts.
                known = meanings.get((scheme, value), meaning)
                meanings[scheme, value] = min(known, meaning, key=lambda text: (len(text), text))
    for old, new in mapping["SRT"].items():
        if ("SCT", new) in meanings:
            meanings |= {(scheme, old): meanings["SCT", new] for scheme in OLD_SNOMED}
    return meanings


def find_concept(scheme: str, value: str) -> Concept | None:
    """Return the concept of PS3.16 with this scheme and value, or None."""
    meaning = _concepts().get((scheme, value))
    return None if meaning is None else Concept(scheme, value, meaning[:LONGEST_MEANING])


def concept_of(item: Dataset) -> Concept | None:
    """Return the concept that an item of a code sequence states, or UNKNOWN; None if none."""
    if CODED.isdisjoint(item.keys()):
        return None
    try:
        value = item.get("CodeValue") or item.get("LongCodeValue")
        scheme = str(item.get("CodingSchemeDesignator") or "")
    except Exception:  # what cannot be read is not known
        return UNKNOWN
    return find_concept(scheme, str(value)) or UNKNOWN


def concept_item(concept: Concept) -> Cleaned:
    """Return an item of a code sequence (PS3.3 Table 8.8-1)."""
    item: Cleaned = {}
    write_concept(item, concept)
    return item


def write_concept(item: Cleaned, concept: Concept) -> None:
    """Write a concept into an item of a code sequence."""
    long = len(concept.value) > LONGEST_VALUE
    item[LONG_CODE_VALUE if long else CODE_VALUE] = make(
        LONG_CODE_VALUE if long else CODE_VALUE, "UC" if long else "SH", concept.value.encode()
    )
    item[SCHEME] = make(SCHEME, "SH", concept.scheme.encode())
    item[MEANING] = make(MEANING, "LO", concept.meaning.encode())
