"""Twenty patients in, twenty out; the same under the same key, nobody's without it."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.deidentify.tables import FRAMES
from pipeline.ingest.scan import scan_archive
from pipeline.ingest.tables import INSTANCES
from pipeline.io.keys import DEMO_KEY, new_uid, pseudonym
from pipeline.io.tables import read_table
from tests.deidentify.conftest import Study
from tests.deidentify.settings import KEY
from tests.dicom_files import screens, us_object, write_object
from tests.ingest.settings import PARAMS as INGEST
from tests.ingest.settings import scan_outputs

PATIENTS = 20


def write_patients(raw: Path, numbers: range) -> None:
    """Write two small objects of each patient; ids that differ by one digit, or by the issuer."""
    for number in numbers:
        for study in range(2):
            header = us_object(
                screens(1, 2 * number + study),
                uid=f"1.2.3.{number}.{study}.9",
                PatientID=f"MRN{number // 2:07d}",
                IssuerOfPatientID=f"issuer {number % 2}",
                StudyInstanceUID=f"1.2.3.{number}.{study}",
                SeriesInstanceUID=f"1.2.3.{number}.{study}.1",
            )
            write_object(raw / f"{number:02d}" / f"{study}.dcm", header)


def scanned(raw: Path, out: Path, key: bytes = KEY, partitions: int = 2) -> pd.DataFrame:
    outputs = scan_outputs(out)
    scan_archive(INGEST, key, partitions, raw, (), outputs, out / "resume")
    return read_table(outputs.instances, INSTANCES).set_index("instance")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    raw = tmp_path_factory.mktemp("patients") / "raw"
    write_patients(raw, range(PATIENTS))
    return raw


def test_twenty_patients_in_twenty_out(archive: Path, tmp_path: Path) -> None:
    table = scanned(archive, tmp_path)
    assert table.patient.nunique() == PATIENTS
    assert table.study.nunique() == 2 * PATIENTS
    assert (table.groupby("patient").size() == 2).all()


def test_frames_and_headers_keep_them_apart(archive: Path, tmp_path: Path) -> None:
    study = Study(archive, tmp_path)
    study.scan()
    study.clean()
    study.collect()
    frames = read_table(tmp_path / "frames.parquet", FRAMES)
    assert frames.patient.nunique() == PATIENTS
    assert study.audit()["patients_compared"] == PATIENTS


def test_the_same_maps_over_runs_partitions_and_batches(archive: Path, tmp_path: Path) -> None:
    names = ["patient", "study", "series"]
    whole = scanned(archive, tmp_path)[names]
    pd.testing.assert_frame_equal(whole, scanned(archive, tmp_path, partitions=7)[names])
    write_patients(tmp_path / "raw", range(5, 9))
    batch = scanned(tmp_path / "raw", tmp_path)[names]
    assert len(batch) == 8
    pd.testing.assert_frame_equal(batch, whole.loc[batch.index])


def test_another_key_shares_no_pseudonym(archive: Path, tmp_path: Path) -> None:
    one, other = (scanned(archive, tmp_path, key) for key in (KEY, DEMO_KEY))
    for name in ("patient", "study", "series"):
        assert not set(one[name]) & set(other[name])
    assert not set(one.index) & set(other.index)


def _guesses(patient: str, issuer: str) -> set[str]:
    """What somebody without the key would try: common digests of the id in common spellings."""
    texts = [patient, patient.lower(), f"{patient}{issuer}", f"{issuer}{patient}",
             f"{patient}^{issuer}", f"{patient}|{issuer}"]  # fmt: skip
    found = {pseudonym(bytes(size), "patient", patient, issuer) for size in (0, 16, 32, 64)}
    found.add(pseudonym(DEMO_KEY, "patient", patient, issuer))
    for text in texts:
        content = text.encode()
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b"):
            found.add(hashlib.new(name, content).hexdigest()[:32])
            found.add(hmac.new(b"", content, name).hexdigest()[:32])
    return found


def test_the_full_list_of_ids_recovers_nobody_without_the_key(
    archive: Path, tmp_path: Path
) -> None:
    pseudonyms = set(scanned(archive, tmp_path).patient)
    ids = [(f"MRN{number:07d}", f"issuer {issuer}") for number in range(100) for issuer in (0, 1)]
    recovered = [one for one in ids if _guesses(*one) & pseudonyms]
    assert len(recovered) / PATIENTS == 0
    with_key = {pseudonym(KEY, "patient", *one) for one in ids}
    assert pseudonyms <= with_key  # the list is the right one: only the key is missing


def test_new_uids_are_valid_and_keyed() -> None:
    olds = [f"1.2.3.{number}" for number in range(500)]
    news = {new_uid(KEY, old) for old in olds}
    assert len(news) == len(olds)
    assert all(len(uid) <= 64 and uid.startswith("2.25.") for uid in news)
    assert not news & {new_uid(DEMO_KEY, old) for old in olds}


def test_the_key_is_in_no_artifact(archive: Path, tmp_path: Path) -> None:
    scanned(archive, tmp_path)
    counts: Any = json.loads((tmp_path / "counts.json").read_text())
    assert counts["patients"] == PATIENTS
    for path in filter(Path.is_file, tmp_path.rglob("*")):
        content = path.read_bytes()
        assert KEY not in content
        assert KEY.hex().encode() not in content.lower()
