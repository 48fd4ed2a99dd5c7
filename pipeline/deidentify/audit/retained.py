"""Attributes that the options of the profile keep, so that finding their values proves nothing.

From the audit's own copy of the table. Values that an option changes, as shifted dates and cleaned
descriptions, are searched for: the old ones must be gone.
"""

import csv
from functools import cache
from pathlib import Path

from pipeline.deidentify.profile.options import ProfileOptions

TABLE = Path(__file__).with_name("retained.csv")


@cache
def _rows() -> dict[int, frozenset[str]]:
    with TABLE.open(newline="", encoding="ascii") as handle:
        rows = csv.DictReader(line for line in handle if not line.startswith("#"))
        return {int(row["tag"], 16): frozenset(row["options"].split()) for row in rows}


@cache
def retained_tags(options: ProfileOptions) -> frozenset[int]:
    """Return the attributes that keep their values, or parts of them."""
    chosen = {
        "uids": options.retain_uids,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
        "characteristics": options.retain_patient_characteristics,
        "full_dates": options.longitudinal == "full",
    }
    return _tags(chosen)


@cache
def unchanged_tags(options: ProfileOptions) -> frozenset[int]:
    """Return the attributes that name no patient and keep their values letter by letter."""
    chosen = {
        "uids": options.retain_uids,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
    }
    return _tags(chosen)


@cache
def permitted_tags(options: ProfileOptions) -> frozenset[int]:
    """Return the attributes that may be there, with their own value or with another."""
    changed = {
        "modified_dates": options.longitudinal == "modified",
        "descriptors": options.clean_descriptors,
        "content": options.clean_structured_content,
        "graphics": options.clean_graphics,
    }
    return retained_tags(options) | _tags(changed)


def _tags(options: dict[str, bool]) -> frozenset[int]:
    chosen = {name for name, is_chosen in options.items() if is_chosen}
    return frozenset(tag for tag, named in _rows().items() if named & chosen)
