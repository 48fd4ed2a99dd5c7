"""Each option of the profile alone, from the archive to the audit."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.deidentify import chain
from tests.deidentify.profile_options import profile_options
from tests.deidentify.settings import PARAMS
from tests.dicom_files import screens, us_object, write_object

OPTIONS: list[dict[str, Any]] = [
    {},
    {"retain_uids": True},
    {"retain_device_identity": True},
    {"retain_institution_identity": True},
    {"retain_patient_characteristics": True},
    {"longitudinal": "full"},
    {"longitudinal": "modified"},
    {"clean_descriptors": True},
    {"clean_structured_content": True},
    {"clean_graphics": True},
    {"retain_safe_private": True},
]
EVERY = {name: value for option in OPTIONS for name, value in option.items()}
NO_UID = "1.2.03.4"


@pytest.mark.parametrize("chosen", [*OPTIONS, EVERY], ids=lambda one: ",".join(one) or "basic")
def test_the_audit_passes_what_was_cleaned_by_it(tmp_path: Path, chosen: dict[str, Any]) -> None:
    profile = profile_options(**chosen)
    for number, uid in enumerate(("1.2.3.4.1", NO_UID)):
        header = us_object(
            screens(1, number),
            uid=uid,
            StudyDate="20190314",
            StudyDescription="THYROID Anna",
            InstitutionName="Saint Elsewhere",
            DeviceSerialNumber="SN4711",
        )
        write_object(tmp_path / f"raw/{number}.dcm", header)
    params = PARAMS.model_copy(update={"profile": profile})
    study = chain.run(tmp_path / "raw", tmp_path / "out", params=params)
    counts = study.audit(profile=profile)
    assert counts["objects_checked"] == 2
    names = set(chain.files(study))
    assert ("1.2.3.4.1.dcm" in names) == profile.retain_uids
    assert f"{NO_UID}.dcm" not in names


def test_an_empty_value_of_any_kind_stays_empty(tmp_path: Path) -> None:
    empty = dict.fromkeys(("InstanceNumber", "SeriesNumber", "StudyID", "StudyTime"), "")
    write_object(tmp_path / "raw/a.dcm", us_object(screens(1, 0), uid="1.2.3.4.1", **empty))
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    target = chain.exported(study, "1.2.3.4.1")
    assert all(keyword in target for keyword in empty)
    assert not any(target[keyword].value for keyword in empty)
    (actions,) = pq.read_table(study.out / "ledger.parquet")["actions"].to_pylist()
    assert not [name for name in json.loads(actions) if name.endswith(":unreadable")]
