from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag
from pydicom.uid import UID, UltrasoundImageStorage

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.io.hashing import canonical_json
from pipeline.io.keys import new_uid
from tests.deidentify.profile.test_table import is_concrete, rows
from tests.deidentify.profile_options import BASIC
from tests.dicom_files import nested, us_object

KEY = bytes(range(32))
PATIENT = "ab" * 16
PLANTED = {
    "DA": "19620503", "DT": "19620503101112", "TM": "101112", "AS": "058Y", "UI": "1.2.3.4.5678",
    "IS": "19620503", "DS": "19620503", "CS": "MUELLER", "PN": "Mueller^Anna", "UR": "a/Mueller",
    "OB": b"Mueller!", "OW": b"Mueller!", "UN": b"Mueller!", "US": 1962, "UL": 19620503,
    "FL": 19620503.0, "FD": 19620503.0, "AT": 0x19620503, "SS": 1962, "SL": 19620503,
}  # fmt: skip
TRACES = ("mueller", "19620503", "5678", "101112", "058y", "tXVlbGxlciE", "TXVlbGxlciE")


def text_of(header: Dataset) -> str:
    cleaned = clean_dataset(header, KEY, PATIENT, BASIC, Counter())
    return str(cleaned) + canonical_json(cleaned.to_json_dict())


def leaks(text: str) -> list[str]:
    return [trace for trace in TRACES if trace in text or trace in text.lower()]


def planted_element(tag: int) -> DataElement:
    vr = dictionary_VR(tag) if dictionary_has_tag(tag) else "LO"
    vr = vr.split(" or ")[0]
    if vr == "SQ":
        item = Dataset()
        item.PatientName, item.PatientComments = "Mueller^Anna", "Mueller 19620503"
        return DataElement(tag, vr, Sequence([item]))
    return DataElement(tag, vr, PLANTED.get(vr, "Mueller"))


def concrete_tags() -> list[tuple[int, str]]:
    found = [(row["tag"], row["action"]) for row in rows() if is_concrete(row["tag"])]
    numbers = [(int(tag, 16), action) for tag, action in found]
    repeating = [(0x60023000, "X"), (0x601E4000, "X"), (0x50020010, "X")]
    return [(tag, action) for tag, action in numbers if tag >> 16 != 2] + repeating


@pytest.mark.parametrize("depth", [0, 1, 2, 8])
def test_every_row_of_the_profile_is_applied_at_every_depth(depth: int) -> None:
    inner = Dataset()
    for tag, _ in concrete_tags():
        inner[tag] = planted_element(tag)
    cleaned = clean_dataset(nested(inner, depth), KEY, PATIENT, BASIC, Counter())
    assert not leaks(canonical_json(cleaned.to_json_dict()))
    for _ in range(depth):
        cleaned = cleaned.SequenceOfUltrasoundRegions[0]
    stated = {"PatientName", "PatientID"} if depth == 0 else set()
    stated |= {"PatientIdentityRemoved", "DeidentificationMethod"} if depth == 0 else set()
    stated |= {"DerivationDescription"} if depth == 0 else set()  # the seal
    for tag, action in concrete_tags():
        if inner[tag].keyword in stated:
            continue
        if action == "X":
            assert tag not in cleaned
        elif tag in cleaned and inner[tag].VR == "UI":
            assert cleaned[tag].value == new_uid(KEY, str(PLANTED["UI"]))


@pytest.mark.parametrize("depth", [1, 3, 8])
def test_identity_is_removed_from_private_and_unlisted_elements(depth: int) -> None:
    inner = Dataset()
    inner.PatientName, inner.StageName, inner.ViewName = "Mueller^Anna", "Mueller", "Mueller"
    inner.TransducerData, inner.SoftwareVersions = "Mueller", "Mueller"
    inner.CodeMeaning, inner.CodeValue = "Mueller", "Mueller"
    inner.BodyPartExamined = "MUELLER"
    inner.InstanceNumber, inner.RowOverlap = 19620503, 1
    block = inner.private_block(0x0019, "Mueller", create=True)
    block.add_new(1, "PN", "Mueller^Anna")
    block.add_new(2, "SQ", Sequence([us_object()]))
    inner.add_new(0x00180013, "LO", "Mueller")  # even group, in no dictionary
    inner.add_new(0x00280010, "LO", "Mueller")  # Rows, called text by the file
    text = text_of(nested(inner, depth))
    assert not leaks(text)


VALUES: st.SearchStrategy[Any] = st.sampled_from(sorted({"Mueller", "MUELLER", "19620503"}))
# A sequence cannot hold a text at all.
TAGS = (
    st.integers(0x0008_0006, 0x7FDF_FFFF)
    .map(Tag)
    .filter(lambda tag: not dictionary_has_tag(tag) or dictionary_VR(tag) != "SQ")
)
VRS = st.sampled_from(["LO", "CS", "PN", "SH", "UT", "UN", "DA", "UI", "LT", "AE", "ST", "UC"])


@st.composite
def datasets(draw: st.DrawFn, depth: int = 3) -> Dataset:
    """Draw a data set with the name or date in any attribute, under any kind of value."""
    dataset = Dataset()
    known = st.sampled_from(
        [0x00081030, 0x00100010, 0x00181030, 0x00082111, 0x00180015, 0x00286010]
    )
    for tag in draw(st.lists(TAGS | known, max_size=6)):
        vr, value = draw(VRS), draw(VALUES)
        stored = value.encode() if vr == "UN" else value
        dataset[tag] = DataElement(tag, vr, stored, already_converted=True)
    if depth and draw(st.booleans()):
        dataset.SequenceOfUltrasoundRegions = Sequence([draw(datasets(depth - 1))])
    return dataset


@settings(max_examples=100, deadline=None)
@given(dataset=datasets())
def test_no_name_leaves_in_any_attribute(dataset: Dataset) -> None:
    assert not leaks(text_of(dataset))


def test_uids_are_replaced_the_same_way_everywhere_and_structural_ones_stay() -> None:
    reference = Dataset()
    reference.ReferencedSOPClassUID = UltrasoundImageStorage
    reference.ReferencedSOPInstanceUID = "1.2.3.4"
    header = us_object()
    header.SourceImageSequence = Sequence([reference])
    header.SequenceOfUltrasoundRegions[0].ReferencedSOPInstanceUID = "1.2.3.4"
    cleaned = clean_dataset(header, KEY, PATIENT, BASIC, Counter())
    assert cleaned.SOPInstanceUID == new_uid(KEY, "1.2.3.4")
    assert cleaned.SOPClassUID == header.SOPClassUID
    region = cleaned.SequenceOfUltrasoundRegions[0]
    assert region.ReferencedSOPInstanceUID == cleaned.SOPInstanceUID
    assert UID(cleaned.StudyInstanceUID).is_valid
    assert cleaned.StudyInstanceUID != cleaned.SeriesInstanceUID


def test_a_made_up_uid_below_dicoms_root_is_not_structural() -> None:
    cleaned = clean_dataset(
        us_object(SOPClassUID="1.2.840.10008.19620503"), KEY, PATIENT, BASIC, Counter()
    )
    assert "19620503" not in cleaned.SOPClassUID


def test_the_statements_of_the_profile_are_made() -> None:
    cleaned = clean_dataset(us_object(), KEY, PATIENT, BASIC, Counter())
    assert cleaned.PatientID == cleaned.PatientName == PATIENT
    assert cleaned.PatientIdentityRemoved == "YES"
    assert cleaned.LongitudinalTemporalInformationModified == "REMOVED"
    assert "PS3.15" in cleaned.DeidentificationMethod
    assert "PixelData" not in cleaned


def test_what_a_picture_needs_stays() -> None:
    cleaned = clean_dataset(us_object(), KEY, PATIENT, BASIC, Counter())
    assert (cleaned.Rows, cleaned.Columns, cleaned.NumberOfFrames) == (120, 160, 2)
    assert cleaned.PhotometricInterpretation == "MONOCHROME2"
    assert cleaned.SequenceOfUltrasoundRegions[0].PhysicalDeltaX == 0.02


def test_values_that_cannot_be_read_do_not_leave() -> None:
    header = us_object()
    for tag, vr in ((0x00280010, "US"), (0x00280008, "IS"), (0x00186011, "SQ")):
        broken = RawDataElement(Tag(tag), vr, 7, b"Mueller", 0, False, True)
        header._dict[Tag(tag)] = broken
    assert not leaks(text_of(header))


def test_endless_nesting_ends() -> None:
    deep = nested(us_object(), 500)
    assert not leaks(text_of(deep))
