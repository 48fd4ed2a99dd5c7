"""Digits that are nobody's: an audit that stops without cause is an audit that gets removed."""

from pathlib import Path

import pytest

from pipeline.io.keys import DEMO_KEY
from tests.deidentify.conftest import Study
from tests.dicom_files import encode, screens, us_object, write_object


def audited_findings(raw: Path, out: Path) -> float:
    study = Study(raw, out, DEMO_KEY)
    study.scan()
    study.clean()
    study.collect()
    return study.audit()["findings"]


@pytest.mark.parametrize("patient", ["10008", "00280010", "12345"])
def test_an_id_of_the_standards_own_digits_is_no_finding(tmp_path: Path, patient: str) -> None:
    write_object(tmp_path / "raw" / "a.dcm", us_object(PatientID=patient))
    assert audited_findings(tmp_path / "raw", tmp_path / "out") == 0


def test_an_id_with_the_digits_of_a_files_size_is_no_finding(tmp_path: Path) -> None:
    frames = screens(60)
    size = len(encode(us_object(frames, PatientID="0000000")))
    assert len(str(size)) == 7
    write_object(tmp_path / "raw" / "a.dcm", us_object(frames, PatientID=str(size)))
    assert audited_findings(tmp_path / "raw", tmp_path / "out") == 0


def test_many_numeric_ids_are_not_found_within_digests(tmp_path: Path) -> None:
    for number in range(60):
        uid = f"1.2.3.77.{number}"
        header = us_object(screens(1, number), uid=uid, PatientID=str(10_000 + 79 * number))
        write_object(tmp_path / "raw" / f"{number}.dcm", header)
    assert audited_findings(tmp_path / "raw", tmp_path / "out") == 0
