"""Every row of the profile's table, at several depths, under every option."""

import io
from collections import Counter
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.datadict import dictionary_has_tag, dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.dates import offset_days, shift
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.rules import PATIENT_TAGS
from pipeline.io.keys import new_uid
from tests.deidentify.profile.test_table import OPTIONS, independent_rows
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import nested

KEY, PATIENT = bytes(range(32)), "ab" * 16
PLANTED: dict[str, Any] = {
    "DA": "19620503", "DT": "19620503101112", "TM": "101112", "AS": "058Y", "UI": "1.2.3.4.5678",
    "IS": "19620503", "DS": "19620503", "CS": "YES", "PN": "Mueller^Anna", "UR": "a/Mueller",
    "OB": b"Mueller!", "OW": b"Mueller!", "UN": b"Mueller!", "US": 1962, "UL": 19620503,
    "FL": 19620503.0, "FD": 19620503.0, "AT": 0x00280010, "SS": 1962, "SL": 19620503,
}  # fmt: skip
TEXT = "TTE Mueller"
PATIENT_ID, TIMEZONE = 0x00100020, 0x00080201
SPECIAL = {PATIENT_ID: "MRN5678", TIMEZONE: "+0100"}
TRACES = (b"Mueller", b"mueller", b"19620503", b"5678", b"101112", b"058Y", b"1962")
DATES = ("DA", "DT", "TM")
SEALED = 0x00082111  # Derivation Description, which says the seal
# Curves and overlays: planes whose row names only their group.
GROUPS = [0x5000, 0x5002, 0x501E] + [0x6000 + 2 * plane for plane in range(16)]
REPEATING = [group << 16 | element for group in GROUPS for element in (0x0010, 0x3000, 0x4000)]
# Types by PS3.3 A.6 of top-level attributes with a compound action.
TYPES = {"ContentDate": "2", "ContentTime": "2", "ContrastBolusAgent": "2", "PatientID": "2",
         "PatientSexNeutered": "2"}  # fmt: skip
CHOICES = [
    profile_options(),
    profile_options(retain_uids=True, retain_institution_identity=True),
    profile_options(retain_device_identity=True, clean_structured_content=True),
    profile_options(retain_patient_characteristics=True, longitudinal="full"),
    profile_options(longitudinal="modified", retain_device_identity=True),
    profile_options(clean_descriptors=True, clean_graphics=True, retain_safe_private=True),
]


def table() -> list[tuple[int, str, dict[str, str]]]:
    """Concrete rows of image attributes, from the independent copy of the table."""
    found = [
        (int(tag, 16), *row)
        for tag, row in independent_rows().items()
        if tag != "PRIVATE" and "X" not in tag
    ]
    return [row for row in found if row[0] >> 16 >= 8]


def vr_of(tag: int) -> str:
    return dictionary_VR(tag).split(" or ")[0] if dictionary_has_tag(tag) else "LO"


def planted(tag: int) -> DataElement:
    vr = vr_of(tag)
    if vr == "SQ":
        item = Dataset()
        item.PatientName, item.PatientComments = "Mueller^Anna", "Mueller 19620503"
        return DataElement(tag, vr, Sequence([item]))
    return DataElement(tag, vr, value_of(tag))


def value_of(tag: int) -> Any:
    return SPECIAL.get(tag, PLANTED.get(vr_of(tag), TEXT))


def expected_action(row: tuple[int, str, dict[str, str]], options: ProfileOptions) -> str:
    _tag, basic, by_option = row
    chosen = {
        OPTIONS["full"]: options.longitudinal == "full",
        OPTIONS["modified"]: options.longitudinal == "modified",
    }
    overriding = {
        action
        for name, action in by_option.items()
        if chosen.get(name, getattr(options, name, False))
    }
    return "C" if "C" in overriding else "K" if overriding else basic


def as_bytes(dataset: Dataset) -> bytes:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_dataset(buffer, dataset)
    return buffer.getvalue()


def check_kept(found: DataElement, tag: int, action: str, days: int) -> None:
    vr = vr_of(tag)
    if vr == "SQ":
        assert [item.PatientName for item in found.value] == [PATIENT]
        assert "PatientComments" not in found.value[0]
    elif action == "C" and vr in DATES:
        assert found.value == shift(vr, PLANTED[vr], days)
    elif (action == "C" and tag != TIMEZONE) or (
        tag >> 16 == 0x0010 and PLANTED.get(vr, TEXT) == TEXT
    ):
        assert found.value == "TTE"
    else:
        assert found.value == value_of(tag)


def resolved(action: str, tag: int, depth: int) -> str:
    """The part of a compound action that an ultrasound object asks for."""
    parts = action.rstrip("*").split("/")
    needed = {tag_for_keyword(name) for name in TYPES} if depth == 0 else set()
    return next(part for part in parts if part in "ZD") if tag in needed else parts[0]


def check_replaced(found: DataElement | None, tag: int, action: str, depth: int) -> None:
    one = resolved(action, tag, depth)
    if one == "X":
        assert found is None
        return
    assert found is not None
    if one == "Z":
        assert not found.value
    elif vr_of(tag) == "UI":
        assert found.value == new_uid(KEY, PLANTED["UI"])
    else:
        assert one == "D"
        assert found.value or found.value == 0
        assert found.value != value_of(tag)


@pytest.mark.parametrize("depth", [0, 1, 2, 8])
@pytest.mark.parametrize("options", CHOICES, ids=range(len(CHOICES)))
def test_every_row_gets_the_action_of_the_table(depth: int, options: ProfileOptions) -> None:
    days = offset_days(KEY, PATIENT, options.date_shift_days)
    inner = Dataset()
    for tag, _, _ in table():
        inner[tag] = planted(tag)
    cleaned = clean_dataset(nested(inner, depth), KEY, PATIENT, options, Counter())
    cleaned = dcmread(io.BytesIO(as_bytes(cleaned)), force=True)
    for _ in range(depth):
        cleaned = cleaned.SequenceOfUltrasoundRegions[0]
    for row in table():
        tag, basic, _ = row
        found = cleaned.get(tag, None)
        action = expected_action(row, options)
        if tag in PATIENT_TAGS:
            assert found is not None
            assert (found.value == PATIENT) == (depth == 0 or tag != PATIENT_ID)
            assert found.value != value_of(tag)
        elif tag == SEALED and depth == 0:
            assert found is not None and TEXT not in found.value
        elif vr_of(tag) == "OB" and action in "KC":
            check_replaced(found, tag, basic, depth)  # bytes cannot be looked at
        elif action == "C" and vr_of(tag) == "CS":
            assert found is not None
        elif action in "KC":
            assert found is not None
            check_kept(found, tag, action, days)
        else:
            check_replaced(found, tag, action, depth)


@pytest.mark.parametrize("depth", [0, 1, 2, 8])
def test_nothing_of_what_was_planted_is_left_in_any_byte(depth: int) -> None:
    inner = Dataset()
    for tag, _, _ in table():
        inner[tag] = planted(tag)
    for tag in REPEATING:
        inner[tag] = DataElement(tag, "LO", TEXT)
    for group in (0x0009, 0x0019, 0x5001, 0x6001, 0x7FE1, 0xFFF1):
        block = inner.private_block(group, "Mueller", create=True)
        block.add_new(1, "PN", "Mueller^Anna")
        block.add_new(2, "SQ", Sequence([planted_item()]))
        inner.add_new(group << 16 | 0x2042, "UN", b"Mueller!")  # nobody reserved its block
    cleaned = clean_dataset(nested(inner, depth), KEY, PATIENT, profile_options(), Counter())
    content = as_bytes(cleaned)
    assert not [trace for trace in TRACES if trace in content]
    for item in cleaned.iterall():
        assert item.tag.group % 2 == 0
        assert item.tag.group >> 8 not in (0x50, 0x60)


def planted_item() -> Dataset:
    item = Dataset()
    item.PatientName, item.PatientComments = "Mueller^Anna", "Mueller 19620503"
    return item
