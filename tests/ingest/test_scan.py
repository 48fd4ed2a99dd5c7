import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import StudyError
from pipeline.ingest.params import IngestParams
from pipeline.ingest.scan import scan_archive, scan_files
from pipeline.ingest.tables import INSTANCES, QUARANTINE
from pipeline.io.tables import read_table
from pipeline.io.trees import summarise_tree, walk_files
from tests.dicom_files import us_object, write_archive, write_object

PARAMS = IngestParams(max_side=1000, max_frames=100)
KEY = bytes(range(32))


def silent(text: str) -> None:
    pass


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    write_archive(folder)
    (folder / "empty.dcm").write_bytes(b"")
    (folder / "Liste Mueller.dcm").write_text("Export Mueller")
    cine = folder / "Muellera_Anna" / "cine.dcm"
    (folder / "zz_cut.dcm").write_bytes(cine.read_bytes()[:-1])
    shutil.copy(cine, folder / "zz_copy.dcm")
    return folder


def scan(raw: Path, out: Path, manifests: tuple[Path, ...] = ()) -> dict[str, float]:
    tables = out / "instances.parquet", out / "quarantine.parquet"
    return scan_archive(PARAMS, KEY, 2, raw, manifests, *tables, out / "counts.json")


def test_every_file_is_an_instance_or_has_its_reason(raw: Path, tmp_path: Path) -> None:
    scan(raw, tmp_path)
    counts = json.loads((tmp_path / "counts.json").read_text())
    instances = read_table(tmp_path / "instances.parquet", INSTANCES)
    quarantine = read_table(tmp_path / "quarantine.parquet", QUARANTINE)
    files = list(walk_files(raw))
    assert counts["discovered"] == len(files) == len(instances) + len(quarantine)
    assert counts["bytes"] == sum(path.stat().st_size for _, path in files)
    assert counts["accepted"] + counts["quarantined"] == counts["discovered"]
    assert counts["reasons"] == {"duplicate": 1, "empty_file": 1, "not_dicom": 1, "truncated": 1}
    assert set(instances.instance).isdisjoint(quarantine.instance)
    assert counts["patients"] == instances.patient.nunique() == 3
    assert counts["frames"] == instances.frames.sum() == 3 * (3 + 1)
    # One patient is in one part, whatever the study.
    assert (instances.groupby("patient").partition.nunique() == 1).all()


def test_nothing_that_leaves_names_anybody(raw: Path, tmp_path: Path) -> None:
    scan(raw, tmp_path)
    instances = read_table(tmp_path / "instances.parquet", INSTANCES)
    quarantine = read_table(tmp_path / "quarantine.parquet", QUARANTINE)
    text = (instances.to_csv() + quarantine.to_csv()).lower()
    for value in ("mueller", "anna", "mrn001234", "1.2.3", "19620503", ".dcm", str(raw)):
        assert value not in text


def test_pseudonyms_do_not_depend_on_the_order_of_files(raw: Path) -> None:
    def by_instance(files: list[tuple[bytes, Path]]) -> dict[str, Any]:
        found = scan_files(iter(files), PARAMS, KEY, 2, silent).instances
        return {row["instance"]: row for row in found}

    files = [file for file in walk_files(raw) if file[0] != b"zz_copy.dcm"]
    forwards, backwards = by_instance(files), by_instance(files[::-1])
    assert forwards == backwards
    assert len(forwards) == 6


def test_patients_are_told_apart_by_issuer_and_nameless_ones_by_study(tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"IssuerOfPatientID": "other"},
        {"PatientID": "", "StudyInstanceUID": "1.2.8"},
        {"PatientID": None, "StudyInstanceUID": "1.2.9"},
        {"PatientName": "Smith^Anna"},  # the same id: she married
    ]
    for number, change in enumerate(changes):
        write_object(tmp_path / f"{number}.dcm", us_object(uid=f"1.2.3.4.{number}", **change))
    rows = scan_files(walk_files(tmp_path), PARAMS, KEY, 2, silent).instances
    patients = [row["patient"] for row in rows]
    assert len(set(patients)) == 4
    assert patients[0] == patients[4]


def test_a_simulated_archive_must_be_what_was_simulated(raw: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "cohort.json"
    manifest.write_text(json.dumps(summarise_tree(raw)._asdict()))
    scan(raw, tmp_path, (manifest,))
    changed = raw / "Liste Mueller.dcm"
    changed.write_bytes(changed.read_bytes().swapcase())
    with pytest.raises(StudyError, match="snakemake --forcerun simulate_cohort"):
        scan(raw, tmp_path, (manifest,))


def test_an_archive_without_images_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.dcm").write_text("text")
    with pytest.raises(StudyError, match=r"cohort\.path: none of 1 files"):
        scan(tmp_path / "raw", tmp_path)


def test_the_same_archive_gives_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        scan(raw, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()
