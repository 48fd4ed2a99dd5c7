"""Each option of the profile alone, from the archive to the audit."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.deidentify import chain
from tests.deidentify.profile_options import profile_options
from tests.deidentify.settings import PARAMS
from tests.dicom_files import encode, screens, us_object, write_object

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


ADDRESS = "Hohlweg 17, 24103 Kiel, Tel. 0431 5559921, post@st-elisabeth.example"


def everywhere(folder: Path) -> None:
    """Write an archive in which what options keep also stands in paths, bytes and other values."""
    hospital = "Universitätsklinikum Elisabethinen"
    for number, uid in enumerate(("1.2.840.99999.1.4711", "1.2.840.99999.1.4712")):
        header = us_object(
            screens(1, number),
            uid=uid,
            SpecificCharacterSet="ISO_IR 100",
            StudyDate="20190314",
            InstitutionName=hospital,
            InstitutionAddress=ADDRESS,
            InstitutionalDepartmentName="Frauenklinik Nord",
            StationName="FRAUENKLINIK",
            DeviceSerialNumber="US-47110815",
            PerformingPhysicianName="Elisabethinen^Quirin",
            StudyDescription="Universitätsklinikum Elisabethinen",
        )
        block = header.private_block(0x0009, "ACME", create=True)
        block.add_new(1, "LO", hospital)
        block.add_new(2, "OB", f"{hospital}\0{ADDRESS}".encode("latin-1"))
        content = encode(header)
        chain.save(folder / "Universitätsklinikum Elisabethinen/US-47110815", uid, content)
        # Cut off, and without what a reader could take it for DICOM by.
        chain.save(folder, f"broken{number}.dcm", content[900 : content.index(b"\xe0\x7f\x10\0")])


@pytest.mark.parametrize("chosen", [*OPTIONS, EVERY], ids=lambda one: ",".join(one) or "basic")
def test_what_an_option_keeps_may_also_stand_elsewhere(
    tmp_path: Path, chosen: dict[str, Any]
) -> None:
    profile = profile_options(**chosen)
    everywhere(tmp_path / "raw")
    params = PARAMS.model_copy(update={"profile": profile})
    study = chain.run(tmp_path / "raw", tmp_path / "out", params=params)
    counts = study.audit(profile=profile)
    assert (counts["objects_checked"], counts["sources_not_harvested"]) == (2, 2)


def test_an_empty_value_of_any_kind_stays_empty(tmp_path: Path) -> None:
    empty = dict.fromkeys(("InstanceNumber", "SeriesNumber", "StudyID", "StudyTime"), "")
    write_object(tmp_path / "raw/a.dcm", us_object(screens(1, 0), uid="1.2.3.4.1", **empty))
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    target = chain.exported(study, "1.2.3.4.1")
    assert all(keyword in target for keyword in empty)
    assert not any(target[keyword].value for keyword in empty)
    (actions,) = pq.read_table(study.out / "ledger.parquet")["actions"].to_pylist()
    assert not [name for name in json.loads(actions) if name.endswith(":unreadable")]
