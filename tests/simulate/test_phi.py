from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from pipeline.simulate.phi import planted_phi
from tests.simulate.settings import SEED, small_params
from tests.simulate.test_cohort import patient_files

FREE_TEXT = (
    "StudyDescription", "SeriesDescription", "PatientComments", "ImageComments",
    "AdditionalPatientHistory", "PatientAddress", "InstitutionName", "AccessionNumber",
    "PatientID", "DeviceSerialNumber", "StationName", "Occupation", "StudyID",
)  # fmt: skip


def values_that_must_be_listed(dataset: Dataset) -> set[str]:
    """Walk with pydicom's own recursive iterator, unlike the code under test."""
    found = set()
    for element in dataset.iterall():
        personal = element.VR in {"PN", "DA", "DT"} or element.keyword in FREE_TEXT
        private = element.tag.is_private and not element.tag.is_private_creator
        own_uid = element.VR == "UI" and not str(element.value).startswith("1.2.840.10008.")
        if personal or own_uid or (private and element.VR in {"LO", "ST", "UT"}):
            found.add(str(element.value))
    return found


def test_everything_identifying_in_the_files_is_listed(cohort: Path) -> None:
    planted = set(planted_phi(small_params(), SEED))
    for path in patient_files(cohort):
        header = dcmread(path, stop_before_pixels=True)
        expected = values_that_must_be_listed(header)
        expected |= set(path.relative_to(cohort).parts)
        expected.add(str(header.file_meta.MediaStorageSOPInstanceUID))
        assert expected <= planted


def test_the_list_has_no_technical_and_no_short_words() -> None:
    planted = planted_phi(small_params(), SEED)
    assert planted == sorted(set(planted))
    assert min(map(len, planted)) >= 6
    assert not {"ISO_IR 192", "ORIGINAL", "Sonavera Medical", "PRIMARY"} & set(planted)
