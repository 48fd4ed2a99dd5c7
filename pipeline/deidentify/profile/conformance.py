"""The conformance statement of the de-identification, from the rules that run (PS3.15 E.1.3).

The same rules and options give the same text.
"""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.deidentify.profile.codes import find_concept
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.rules import Treatment, rule_for
from pipeline.deidentify.profile.statements import (
    BASIC_PROFILE,
    CLEAN_PIXELS,
    TEMPORAL_STATEMENTS,
    method_codes,
)
from pipeline.deidentify.profile.table import PRIVATE_ROW, TABLE
from pipeline.deidentify.tables import METHOD
from pipeline.io.hashing import sha256_file

# The profile and its options (CID 7050), and the section of PS3.15 that describes each.
SECTIONS = {
    BASIC_PROFILE: "E.2",
    CLEAN_PIXELS: "E.3.1",
    "113102": "E.3.2",
    "113103": "E.3.3",
    "113104": "E.3.4",
    "113105": "E.3.5",
    "113106": "E.3.6",
    "113107": "E.3.6",
    "113108": "E.3.7",
    "113109": "E.3.8",
    "113110": "E.3.9",
    "113111": "E.3.10",
    "113112": "E.3.11",
}
# What an action of the table means, in the order in which they are stated (PS3.15 Table E.1-1a).
ACTIONS = {
    "X": "Removed",
    "Z": "Emptied (zero length), or replaced by a dummy value",
    "D": "Replaced by a dummy value",
    "U": "Replaced by a UID that is consistent within the study's key",
    "K": "Kept",
    "C": "Cleaned: replaced by a value of like meaning that names nobody",
    "Z/D": "Emptied, or replaced by a dummy where the IOD requires a value",
    "X/Z": "Removed, or emptied where the IOD requires the attribute",
    "X/D": "Removed, or replaced by a dummy where the IOD requires a value",
    "X/Z/D": "Removed, emptied or replaced by a dummy, as the IOD requires",
    "X/Z/U*": "Removed, emptied, or kept as a sequence with new UIDs, as the IOD requires",
}


class Row(NamedTuple):
    """A row of Table E.1-1: tag (x for any digit of a repeating group), name, basic action."""

    tag: str
    name: str
    action: str


def rows() -> list[Row]:
    """Return the rows of the table that the cleaner reads, in its order."""
    with TABLE.open(newline="", encoding="utf-8") as handle:
        lines = csv.DictReader(line for line in handle if not line.startswith("#"))
        return [Row(line["tag"], line["name"], line["action"]) for line in lines]


def edition() -> str:
    """Return what the table says of its own source: edition, and the digest of its origin."""
    with TABLE.open(encoding="utf-8") as handle:
        return " ".join(line[1:].strip() for line in handle if line.startswith("#"))


def action_taken(row: Row, options: ProfileOptions) -> str:
    """Return the action that the cleaner takes on an attribute under the options.

    It is the basic one where an option would keep or clean a value of a kind that the cleaner
    cannot check.
    """
    if row.tag == PRIVATE_ROW:
        return "C" if options.retain_safe_private else row.action
    rule = rule_for(int(row.tag.replace("x", "0"), 16), None, options)
    removed = rule.treatment in (Treatment.REMOVE, Treatment.DROP)
    return rule.fallback if removed and rule.action in ("K", "C") else rule.action


def conformance_statement(options: ProfileOptions, pixels_cleaned: bool) -> str:
    """Return the statement as Markdown.

    `pixels_cleaned` says whether the pixels of the exported objects are cleaned, as the option
    Clean Pixel Data asks.
    """
    actions = {row: action_taken(row, options) for row in rows()}
    codes = method_codes(options) + [CLEAN_PIXELS] * pixels_cleaned
    parts = [
        "# De-identification: conformance statement (PS3.15 E.1.3)",
        f"Method: {METHOD}.",
        f"{edition()} Rows: {len(actions)}. SHA-256 of the table as used: {sha256_file(TABLE)}.",
        "\n".join(_option_lines(codes)),
        "\n".join(_inserted_lines(options, pixels_cleaned)),
        SCOPE,
        BEYOND,
        *(
            _action_part([row for row in actions if actions[row] == action], action)
            for action in ACTIONS
        ),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _option_lines(codes: list[str]) -> Iterator[str]:
    yield "## Profile and options\n"
    yield "| Code (DCM) | Profile or option | Section | Applied |"
    yield "|---|---|---|---|"
    for code, section in SECTIONS.items():
        concept = find_concept("DCM", code)
        name = concept.meaning if concept else ""
        yield f"| {code} | {name} | {section} | {'yes' if code in codes else 'no'} |"


def _inserted_lines(options: ProfileOptions, pixels_cleaned: bool) -> Iterator[str]:
    yield "## Inserted\n"
    yield "| Tag | Attribute | Value |"
    yield "|---|---|---|"
    yield "| (0010,0010) | Patient's Name | the patient's pseudonym |"
    yield "| (0010,0020) | Patient ID | the patient's pseudonym |"
    yield "| (0012,0062) | Patient Identity Removed | YES |"
    method = f"after earlier values: {METHOD}"
    yield "| (0008,2111) | Derivation Description | keyed seals of object and pixels |"
    yield f"| (0012,0063) | De-identification Method | {method} |"
    yield "| (0012,0064) | De-identification Method Code Sequence | the codes applied, above |"
    modified = TEMPORAL_STATEMENTS[options.longitudinal]
    yield f"| (0028,0303) | Longitudinal Temporal Information Modified | {modified} |"
    if pixels_cleaned:
        yield "| (0028,0301) | Burned In Annotation | NO |"


SCOPE = """## Scope of referential integrity

Identifiers are replaced by an HMAC-SHA-256 under the study's secret key. Everywhere in an object,
and over all objects, runs, batches and machines that use this key, the same UID, and the same pair
of patient ID and issuer, get the same replacement, and different ones different replacements.
References between objects therefore stay whole. Another key gives other replacements throughout.
UIDs that the standard itself defines are kept (E.3.9)."""
BEYOND = """## Beyond the table

The rules hold at the top level and in every item of every sequence. Attributes that the table does
not list leave only when the kind of their value can be checked to name nobody; other text, unknown
attributes and private ones are removed. The preamble, the file meta information and the offset
tables are made anew; comments, application segments and user data inside encoded pixels, and bytes
behind the last pixel, are removed."""


def _action_part(table: list[Row], action: str) -> str:
    """Return the section of the attributes on which one action is taken, or nothing."""
    if not table:
        return ""
    lines = [f"| {_tag(row.tag)} | {row.name} | {row.action} |" for row in table]
    head = f"## {ACTIONS[action]} ({action}): {len(lines)}\n"
    return "\n".join([head, "| Tag | Attribute | Basic action |", "|---|---|---|", *lines])


def _tag(tag: str) -> str:
    return f"({tag[:4]},{tag[4:]})" if re.fullmatch(r"[0-9A-Fx]{8}", tag) else tag
