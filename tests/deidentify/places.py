"""The places in which the planter hides words, numbered; and the words themselves."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROWS = Path(__file__).with_name("planted_rows.csv")
DATES = {"DA", "DT", "TM"}


class Place(NamedTuple):
    """A kind of place; `required` if PS3.15 demands that it is cleaned."""

    name: str
    required: bool


class Row(NamedTuple):
    """A row of Table E.1-1 in which a word is planted at the top level of an object."""

    tag: int
    vr: str
    action: str


# Deeper than, outside of, or around the rows of the table.
REQUIRED = """
patient_name patient_id comments_with_date study_description_with_name
nested_region_name nested_region_id nested_view_name nested_view_id nested_request_name
nested_depth_3 nested_depth_8 nested_in_dropped
private_lo private_pn private_un private_ob private_ut private_sq_name private_orphan
private_creator private_in_region private_utf16
overlay_data overlay_comments overlay_high_group curve_data curve_label
meta_source_title meta_sending_title meta_receiving_title meta_implementation_version
meta_private_information preamble trailing_padding signature_certificate original_attributes
encrypted_attributes icon_pixels content_text content_name content_nested_text
group_0004 bytes_after_pixels bytes_after_frame name_in_latin_1 name_in_utf_8 name_in_japanese
name_in_korean folder_name file_name banner_in_bytes study_uid series_uid
instance_uid frame_of_reference_uid referenced_uid referenced_nested_uid
""".split()  # noqa: SIM905
BEYOND = """
stage_name view_name transducer_data software_versions overlay_label overlay_description
code_meaning_view code_meaning_anatomy code_value_private jpeg_comment jpeg_app1 j2k_comment
unknown_even_group body_part processing_function
""".split()  # noqa: SIM905


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows of the table in which something is planted."""
    with ROWS.open(newline="", encoding="ascii") as handle:
        return tuple(
            Row(int(row["tag"], 16), row["vr"], row["action"]) for row in csv.DictReader(handle)
        )


@cache
def places() -> tuple[Place, ...]:
    """Return all places; a place's number is its index."""
    table = [Place(f"{row.tag:08X}", True) for row in rows() if row.vr not in DATES]
    return (
        *table,
        *(Place(name, True) for name in REQUIRED),
        *(Place(name, False) for name in BEYOND),
    )


@cache
def _numbers() -> dict[str, int]:
    return {place.name: number for number, place in enumerate(places())}


def token(place: str, patient: int) -> str:
    """Return the word of a place and patient: found by a search of bytes, valid in any VR."""
    return f"ZQ{_numbers()[place]:03d}K{patient:02d}X"


def planted(place: str) -> bool:
    """Tell whether the standard requires a place to be cleaned."""
    return places()[_numbers()[place]].required


def planted_uid(place: str, patient: int, *numbers: int) -> str:
    """Return a UID that is searchable like a word: its root occurs nowhere else."""
    tail = ".".join(map(str, numbers))
    return f"1.2.826.0.1.3680043.10.7777.{_numbers()[place]}.{patient}" + (f".{tail}" * bool(tail))
