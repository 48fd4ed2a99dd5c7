import csv

from pydicom.datadict import dictionary_has_tag, tag_for_keyword

from pipeline.deidentify.profile import TABLE, action_of

# PS3.15 Table E.1-1: how often each action of the Basic Profile occurs in edition 2026d.
ACTIONS = {
    "X": 417, "D": 93, "U": 55, "Z": 42, "X/D": 23, "X/Z": 11, "X/Z/D": 8, "Z/D": 6, "X/Z/U*": 2,
}  # fmt: skip


def rows() -> list[dict[str, str]]:
    lines = TABLE.read_text().splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


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
    assert len(unknown) >= 20
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
