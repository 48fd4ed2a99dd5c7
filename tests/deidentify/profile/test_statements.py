from collections import Counter

import pytest
from pydicom.dataset import Dataset

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.seal import PREFIX
from pipeline.deidentify.profile.statements import state_clean_pixels
from pipeline.deidentify.tables import METHOD
from tests.deidentify.profile_options import profile_options
from tests.dicom_files import us_object

KEY, PATIENT = bytes(range(32)), "ab" * 16
CODES = [
    ({}, ["113100"]),
    ({"clean_graphics": True}, ["113100", "113103"]),
    ({"clean_structured_content": True}, ["113100", "113104"]),
    ({"clean_descriptors": True}, ["113100", "113105"]),
    ({"longitudinal": "full"}, ["113100", "113106"]),
    ({"longitudinal": "modified"}, ["113100", "113107"]),
    ({"retain_patient_characteristics": True}, ["113100", "113108"]),
    ({"retain_device_identity": True}, ["113100", "113109"]),
    ({"retain_uids": True}, ["113100", "113110"]),
    ({"retain_safe_private": True}, ["113100", "113111"]),
    ({"retain_institution_identity": True}, ["113100", "113112"]),
]


def clean(source: Dataset, options: ProfileOptions) -> Dataset:
    return clean_dataset(source, KEY, PATIENT, options, Counter())


def codes(cleaned: Dataset) -> list[str]:
    return [item.CodeValue for item in cleaned.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize(("chosen", "expected"), CODES)
def test_codes_name_the_options_that_were_applied(
    chosen: dict[str, object], expected: list[str]
) -> None:
    cleaned = clean(us_object(), profile_options(**chosen))
    assert codes(cleaned) == expected
    assert cleaned.PatientIdentityRemoved == "YES"
    schemes = {item.CodingSchemeDesignator for item in cleaned.DeidentificationMethodCodeSequence}
    assert schemes == {"DCM"}


@pytest.mark.parametrize(
    ("longitudinal", "stated"),
    [("removed", "REMOVED"), ("full", "UNMODIFIED"), ("modified", "MODIFIED")],
)
def test_what_became_of_dates_is_stated(longitudinal: str, stated: str) -> None:
    cleaned = clean(us_object(), profile_options(longitudinal=longitudinal))
    assert cleaned.LongitudinalTemporalInformationModified == stated


def test_clean_pixels_are_stated_only_when_told() -> None:
    source = us_object(BurnedInAnnotation="NO")
    cleaned = clean(source, profile_options(clean_descriptors=True))
    assert "BurnedInAnnotation" not in cleaned
    assert clean(us_object(BurnedInAnnotation="YES"), profile_options()).BurnedInAnnotation == "YES"
    for _ in range(2):
        state_clean_pixels(cleaned)
        assert cleaned.BurnedInAnnotation == "NO"
        assert codes(cleaned) == ["113100", "113101", "113105"]


def test_earlier_methods_and_codes_are_preserved() -> None:
    source = us_object(DeidentificationMethod=["CTP 1.0", "Dr. Mueller 19620503"])
    source.DeidentificationMethodCodeSequence = clean(
        us_object(), profile_options(retain_uids=True)
    ).DeidentificationMethodCodeSequence
    cleaned = clean(source, profile_options(clean_descriptors=True))
    methods = list(cleaned.DeidentificationMethod)
    assert methods == ["CTP 1.0", METHOD]
    assert cleaned.DerivationDescription.startswith(PREFIX)
    assert codes(cleaned) == ["113100", "113110", "113105"]
