import io
from collections import Counter

import pytest
from pydicom import dcmread, examples
from pydicom.dataset import Dataset

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.tables import METHOD
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import encode

KEY, PATIENT = bytes(range(32)), "ab" * 16
METHODS = 0x00120063
CHOICES = [
    profile_options(),
    profile_options(
        retain_device_identity=True,
        retain_patient_characteristics=True,
        longitudinal="modified",
        clean_descriptors=True,
    ),
]


def clean(source: Dataset, options: ProfileOptions, key: bytes = KEY) -> Dataset:
    return clean_dataset(source, key, PATIENT, options, Counter())


def exported(cleaned: Dataset) -> Dataset:
    return dcmread(io.BytesIO(encode(cleaned)))


@pytest.mark.parametrize("options", CHOICES, ids=["none", "research"])
@pytest.mark.parametrize("name", ["rgb_color", "ybr_color", "palette_color", "jpeg2k"])
def test_a_second_run_changes_the_list_of_methods_only(name: str, options: ProfileOptions) -> None:
    source = dcmread(examples.get_path(name), stop_before_pixels=True)
    once = exported(clean(source, options))
    twice = clean_dataset(once, KEY, "cd" * 16, options, Counter())
    assert once.DeidentificationMethod == METHOD
    assert twice.DeidentificationMethod == [METHOD, METHOD]
    assert twice.DerivationDescription == once.DerivationDescription
    del once[METHODS], twice[METHODS]
    assert twice.to_json() == once.to_json()


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("StudyDate", "19620503"), ("PatientID", "MRN1"), ("StudyInstanceUID", "1.2.3")],
)
def test_a_forged_or_edited_object_is_cleaned_as_any_other(keyword: str, value: str) -> None:
    source = dcmread(examples.get_path("ybr_color"), stop_before_pixels=True)
    once = exported(clean(source, CHOICES[1]))
    setattr(once, keyword, value)
    again = clean(once, CHOICES[1])
    assert again[keyword].value != value
    assert again.SOPInstanceUID != once.SOPInstanceUID


def test_another_key_does_not_know_the_seal() -> None:
    source = dcmread(examples.get_path("ybr_color"), stop_before_pixels=True)
    once = exported(clean(source, CHOICES[1]))
    again = clean(once, CHOICES[1], key=bytes(32))
    assert again.SOPInstanceUID != once.SOPInstanceUID
