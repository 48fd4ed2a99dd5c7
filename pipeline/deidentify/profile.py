"""The Basic Application Level Confidentiality Profile of PS3.15 Annex E, by tag number.

By number, because pydicom's dictionary does not know the newest rows of the table.
"""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("profile.csv")
PRIVATE_ROW = "odd group"


@cache
def _rows() -> tuple[dict[int, str], dict[tuple[int, str], str]]:
    """Return the actions of exact tags, and of repeating groups by (high byte, element)."""
    exact: dict[int, str] = {}
    repeating: dict[tuple[int, str], str] = {}
    with TABLE.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(line for line in handle if not line.startswith("#")):
            tag = row["tag"]
            if tag == PRIVATE_ROW:
                continue
            if "x" in tag:
                repeating[int(tag[:2], 16), tag[4:]] = row["action"]
            else:
                exact[int(tag, 16)] = row["action"]
    return exact, repeating


def action_of(tag: int) -> str | None:
    """Return the table's action for a tag, or None for an attribute that it does not list.

    Private attributes are X. In a repeating group (curves 50xx, overlays 60xx) the row of the
    group counts.
    """
    group = tag >> 16
    if group % 2:
        return "X"
    exact, repeating = _rows()
    if tag in exact:
        return exact[tag]
    element = f"{tag & 0xFFFF:04X}"
    high = group >> 8
    return repeating.get((high, element)) or repeating.get((high, "xxxx"))
