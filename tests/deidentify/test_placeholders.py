"""An archive that somebody de-identified before: its placeholders are not taken for leaks."""

from pathlib import Path
from typing import Any

import pytest

from tests.deidentify import chain
from tests.dicom_files import us_object, write_object


@pytest.mark.parametrize(
    "changes",
    [
        {"PatientName": "ANONYMIZED"},
        {"PatientName": "ANONYMIZED^PATIENT"},
        {"PatientName": "Patient^Name"},
        {"PatientName": "PatientName", "PatientID": "ANONYMIZED"},
        {"PatientBirthDate": "19000101", "StudyDate": "19000101"},
        {"DeidentificationMethod": "RSNA CTP Basic Profile v1.2"},
        {"DeidentificationMethod": ["DICOM Library", "Insonate: PS3.15 Basic Profile"]},
    ],
)
def test_placeholders_of_an_earlier_run_pass_the_audit(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    header = us_object(PatientIdentityRemoved="YES")
    header.VerifyingObserverName = "Doe^Jane"  # becomes a dummy, by action D
    for keyword, value in changes.items():
        setattr(header, keyword, value)
    write_object(tmp_path / "raw" / "a", header)
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    assert study.audit()["findings"] == 0
    methods = chain.exported(study, "1.2.3.4").DeidentificationMethod
    stated = changes.get("DeidentificationMethod", [])
    earlier = [stated] if isinstance(stated, str) else stated
    assert list(methods)[: len(earlier)] == earlier
