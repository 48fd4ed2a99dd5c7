"""The conformance statement of the de-identification, from the rules that run (PS3.15 E.1.3).

The same rules and options give the same text.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.deidentify.options import ProfileOptions
from pipeline.deidentify.profile import TABLE
from pipeline.deidentify.tables import METHOD
from pipeline.io.hashing import sha256_file

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
    """A row of Table E.1-1: tag, name, basic action, and the action under options that name it."""

    tag: str
    name: str
    action: str
    options: Mapping[str, str]


class Option(NamedTuple):
    """An option: its name, its code in CID 7050 (PS3.16), its section, and whether it is chosen."""

    name: str
    code: str
    section: str
    chosen: bool


def rows() -> list[Row]:
    """Return the rows of the table that the cleaner reads, in its order."""
    with TABLE.open(newline="", encoding="utf-8") as handle:
        lines = csv.DictReader(line for line in handle if not line.startswith("#"))
        return [
            Row(line["tag"], line["name"], line["action"], _options(line.get("options") or ""))
            for line in lines
        ]


def _options(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split(";") if pair)


def edition() -> str:
    """Return what the table says of its own source: edition, and the digest of its origin."""
    with TABLE.open(encoding="utf-8") as handle:
        comments = [line[1:].strip() for line in handle if line.startswith("#")]
    return " ".join(comments)


def option_rows(options: ProfileOptions) -> dict[str, Option]:
    """Return the options by the names that the table's rows use for them."""
    return {
        "graphics": Option("Clean Graphics", "113103", "E.3.3", options.clean_graphics),
        "structured": Option(
            "Clean Structured Content", "113104", "E.3.4", options.clean_structured_content
        ),
        "descriptors": Option("Clean Descriptors", "113105", "E.3.5", options.clean_descriptors),
        "full": Option(
            "Retain Longitudinal Temporal Information With Full Dates", "113106", "E.3.6",
            options.longitudinal == "full",
        ),
        "modified": Option(
            "Retain Longitudinal Temporal Information With Modified Dates", "113107", "E.3.6",
            options.longitudinal == "modified",
        ),
        "patient": Option(
            "Retain Patient Characteristics", "113108", "E.3.7",
            options.retain_patient_characteristics,
        ),
        "device": Option(
            "Retain Device Identity", "113109", "E.3.8", options.retain_device_identity
        ),
        "uids": Option("Retain UIDs", "113110", "E.3.9", options.retain_uids),
        "safe_private": Option(
            "Retain Safe Private", "113111", "E.3.10", options.retain_safe_private
        ),
        "institution": Option(
            "Retain Institution Identity", "113112", "E.3.11",
            options.retain_institution_identity,
        ),
    }  # fmt: skip


def action_of_row(row: Row, chosen: frozenset[str]) -> str:
    """Return a row's action under the chosen options, which override the basic one (E.1.1).

    Where one option keeps and another one cleans, it is cleaned.
    """
    actions = {row.options[name] for name in chosen & row.options.keys()}
    return "C" if "C" in actions else "K" if actions else row.action


def conformance_statement(
    options: ProfileOptions, table: list[Row], source: str, pixels_cleaned: bool
) -> str:
    """Return the statement as Markdown.

    `table` and `source` come from `rows()` and `edition()`; `pixels_cleaned` says whether the
    pixels of the exported objects are cleaned, as the option Clean Pixel Data asks.
    """
    known = option_rows(options)
    chosen = frozenset(name for name, option in known.items() if option.chosen)
    parts = [
        "# De-identification: conformance statement (PS3.15 E.1.3)",
        f"Method: {METHOD}.",
        f"{source} Rows: {len(table)}. SHA-256 of the table as used: {sha256_file(TABLE)}.",
        "\n".join(_option_lines(known, pixels_cleaned)),
        "\n".join(_inserted_lines(options, pixels_cleaned)),
        SCOPE,
        BEYOND,
        *(_action_part(table, action, chosen) for action in ACTIONS),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _option_lines(known: Mapping[str, Option], pixels_cleaned: bool) -> Iterator[str]:
    yield "## Profile and options\n"
    yield "| Code (DCM) | Profile or option | Section | Applied |"
    yield "|---|---|---|---|"
    basic = Option("Basic Application Confidentiality Profile", "113100", "E.2", True)
    pixels = Option("Clean Pixel Data", "113101", "E.3.1", pixels_cleaned)
    features = Option("Clean Recognizable Visual Features", "113102", "E.3.2", False)
    for name, code, section, chosen in (basic, pixels, features, *known.values()):
        yield f"| {code} | {name} | {section} | {'yes' if chosen else 'no'} |"


def _inserted_lines(options: ProfileOptions, pixels_cleaned: bool) -> Iterator[str]:
    dates = {"removed": "REMOVED", "full": "UNMODIFIED", "modified": "MODIFIED"}
    yield "## Inserted\n"
    yield "| Tag | Attribute | Value |"
    yield "|---|---|---|"
    yield "| (0010,0010) | Patient's Name | the patient's pseudonym |"
    yield "| (0010,0020) | Patient ID | the patient's pseudonym |"
    yield "| (0012,0062) | Patient Identity Removed | YES |"
    yield f"| (0012,0063) | De-identification Method | after earlier values: {METHOD} |"
    yield "| (0012,0064) | De-identification Method Code Sequence | the codes applied, above |"
    modified = dates[options.longitudinal]
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


def _action_part(table: list[Row], action: str, chosen: frozenset[str]) -> str:
    """Return the section of the attributes on which one action is taken, or nothing."""
    lines = [
        f"| {_tag(row.tag)} | {row.name} | {row.action} |"
        for row in table
        if action_of_row(row, chosen) == action
    ]
    if not lines:
        return ""
    head = f"## {ACTIONS[action]} ({action}): {len(lines)}\n"
    return "\n".join([head, "| Tag | Attribute | Basic action |", "|---|---|---|", *lines])


def _tag(tag: str) -> str:
    return f"({tag[:4]},{tag[4:]})" if re.fullmatch(r"[0-9A-Fx]{8}", tag) else tag
