"""The Basic Application Level Confidentiality Profile of PS3.15 Annex E, by tag number.

By number, because pydicom's dictionary does not know the newest rows of the table.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.deidentify.profile.options import ProfileOptions

TABLE = Path(__file__).with_name("profile.csv")
PRIVATE_ROW = "odd group"


class Row(NamedTuple):
    """A row of Table E.1-1: the basic action, and the action under each option that names it.

    Options have the names of the table's `options` column: safe_private, uids, device,
    institution, patient, full, modified, descriptors, structured, graphics.
    """

    action: str
    options: Mapping[str, str]


@cache
def _rows() -> tuple[dict[int, Row], dict[tuple[int, str], Row]]:
    """Return the rows of exact tags, and of repeating groups by (high byte, element)."""
    exact: dict[int, Row] = {}
    repeating: dict[tuple[int, str], Row] = {}
    with TABLE.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(line for line in handle if not line.startswith("#")):
            tag = row["tag"]
            options = dict(pair.split(":") for pair in row["options"].split(";") if pair)
            if tag == PRIVATE_ROW:
                continue
            if "x" in tag:
                repeating[int(tag[:2], 16), tag[4:]] = Row(row["action"], options)
            else:
                exact[int(tag, 16)] = Row(row["action"], options)
    return exact, repeating


def row_of(tag: int) -> Row | None:
    """Return the table's row for a tag, or None for an attribute that it does not list.

    In a repeating group (curves 50xx, overlays 60xx) the row of the group counts.
    """
    group = tag >> 16
    if group % 2:
        return Row("X", {"safe_private": "C"})
    exact, repeating = _rows()
    if tag in exact:
        return exact[tag]
    element = f"{tag & 0xFFFF:04X}"
    high = group >> 8
    return repeating.get((high, element)) or repeating.get((high, "xxxx"))


@cache
def chosen(options: ProfileOptions) -> frozenset[str]:
    """Return the table's names of the options that a study has chosen."""
    flags = {
        "safe_private": options.retain_safe_private,
        "uids": options.retain_uids,
        "device": options.retain_device_identity,
        "institution": options.retain_institution_identity,
        "patient": options.retain_patient_characteristics,
        "full": options.longitudinal == "full",
        "modified": options.longitudinal == "modified",
        "descriptors": options.clean_descriptors,
        "structured": options.clean_structured_content,
        "graphics": options.clean_graphics,
    }
    return frozenset(name for name, is_chosen in flags.items() if is_chosen)


def action_under(row: Row, options: ProfileOptions) -> str:
    """Return a row's action under the chosen options: an option overrides the basic action.

    Where one chosen option keeps (K) and another one cleans (C), it is cleaned.
    """
    overriding = {row.options[name] for name in chosen(options) & row.options.keys()}
    return "C" if "C" in overriding else "K" if overriding else row.action
