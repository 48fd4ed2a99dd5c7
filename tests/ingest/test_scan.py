import io
import json
import shutil
import tarfile
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StudyError
from pipeline.ingest.batches import Reading
from pipeline.ingest.duplicates import Repeats, with_reasons
from pipeline.ingest.fate import Accepted, examine
from pipeline.ingest.params import IngestParams
from pipeline.ingest.refusal import Refused
from pipeline.ingest.scan import scan_archive, scan_sources
from pipeline.ingest.tables import INSTANCES, QUARANTINE
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import read_table
from pipeline.io.trees import summarise_tree
from tests.dicom_files import screens, us_object, write_archive, write_object
from tests.ingest.settings import PARAMS, scan_outputs

KEY = bytes(range(32))
TABLES = ("instances.parquet", "quarantine.parquet", "regions.parquet", "counts.json")


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


def scan(
    raw: Path, out: Path, manifests: tuple[Path, ...] = (), params: IngestParams = PARAMS
) -> dict[str, float]:
    return scan_archive(params, KEY, 2, raw, manifests, scan_outputs(out), out / "resume")


def instances_of(out: Path) -> pd.DataFrame:
    return read_table(out / "instances.parquet", INSTANCES)


def quarantine_of(out: Path) -> pd.DataFrame:
    return read_table(out / "quarantine.parquet", QUARANTINE)


def table_of(sources: list[Source], folder: Path) -> pd.DataFrame:
    scanned = scan_sources(sources, Reading(PARAMS, KEY, 2, folder), lambda text: None)
    files = pa.concat_tables([pq.read_table(path) for path in scanned.paths])
    table: pd.DataFrame = with_reasons(files, Repeats().add(files)).to_pandas()
    return table


def test_every_file_is_an_instance_or_has_its_reason(raw: Path, tmp_path: Path) -> None:
    scan(raw, tmp_path)
    counts = json.loads((tmp_path / "counts.json").read_text())
    instances, quarantine = instances_of(tmp_path), quarantine_of(tmp_path)
    sources = list(walk_sources(raw))
    assert counts["discovered"] == len(sources) == len(instances) + len(quarantine)
    assert counts["bytes"] == sum(source.size for source in sources)
    assert counts["accepted"] + counts["quarantined"] == counts["discovered"]
    assert counts["reasons"] == {"duplicate": 1, "empty_file": 1, "not_dicom": 1, "truncated": 1}
    assert set(instances.instance).isdisjoint(quarantine.instance)
    assert counts["patients"] == instances.patient.nunique() == 3
    assert counts["frames"] == instances.frames.sum() == 3 * (3 + 1)
    # One patient is in one part, whatever the study.
    assert (instances.groupby("patient").partition.nunique() == 1).all()
    assert not list((tmp_path / "resume").iterdir())


def test_nothing_that_leaves_names_anybody(raw: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(raw / "Anna Mueller.zip", "w") as archive:
        archive.write(raw / "Muellera_Anna" / "cine.dcm", "Mueller/Anna.dcm")
    table_of(list(walk_sources(raw)), tmp_path / "kept")
    kept = [pd.read_parquet(path).to_csv() for path in (tmp_path / "kept").iterdir()]
    assert len(kept) > 1
    scan(raw, tmp_path)
    own = [instances_of(tmp_path).to_csv(), quarantine_of(tmp_path).to_csv()]
    text = "".join(own + kept + [path.name for path in (tmp_path / "kept").iterdir()]).lower()
    for value in ("mueller", "anna", "mrn001234", "1.2.3", "19620503", ".dcm", str(raw)):
        assert value not in text


def test_pseudonyms_do_not_depend_on_the_order_of_files(raw: Path, tmp_path: Path) -> None:
    sources = [source for source in walk_sources(raw) if source.relative != b"zz_copy.dcm"]
    forwards = table_of(sources, tmp_path / "a").set_index("instance").sort_index()
    backwards = table_of(sources[::-1], tmp_path / "b").set_index("instance").sort_index()
    pd.testing.assert_frame_equal(forwards, backwards)


def test_patients_are_told_apart_by_issuer_and_nameless_ones_by_study(tmp_path: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"IssuerOfPatientID": "other"},
        {"PatientID": "", "StudyInstanceUID": "1.2.8"},
        {"PatientID": None, "StudyInstanceUID": "1.2.9"},
        {"PatientName": "Smith^Anna"},  # the same id: she married
    ]
    for number, change in enumerate(changes):
        header = us_object(screens(1, seed=number), uid=f"1.2.3.4.{number}", **change)
        write_object(tmp_path / "raw" / f"{number}.dcm", header)
    patients = table_of(list(walk_sources(tmp_path / "raw")), tmp_path / "kept").patient
    assert patients.nunique() == 4
    assert patients[0] == patients[4]


def test_of_files_that_are_the_same_the_first_is_used(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    first = write_object(raw / "a", us_object())
    write_object(raw / "b", us_object(uid="1.2.7", PatientID="other", StudyDate="20200101"))
    shutil.copy(first, raw / "c")
    write_object(raw / "d", us_object(screens(2, seed=1)))  # the same UID, other pixels
    write_object(raw / "e", us_object(uid="1.2.9", PhotometricInterpretation="MONOCHROME1"))
    found = table_of(list(walk_sources(raw)), tmp_path / "kept")
    assert list(found.reason) == ["", "duplicate_pixels", "duplicate", "duplicate_uid", ""]
    assert list(found.twin) == ["", *3 * [found.instance[0]], ""]


def test_folder_zip_and_tar_give_the_same_images(raw: Path, tmp_path: Path) -> None:
    files = {source.relative: source.path.read_bytes() for source in walk_sources(raw)}
    for kind in ("dir", "zip", "tar"):
        (tmp_path / kind).mkdir()
    shutil.copytree(raw, tmp_path / "dir" / "pack")
    with (
        zipfile.ZipFile(tmp_path / "zip" / "pack", "w", zipfile.ZIP_DEFLATED) as zipped,
        tarfile.open(tmp_path / "tar" / "pack", "w:gz") as tarred,
    ):
        for name, content in files.items():
            zipped.writestr(name.decode(), content)
            info = tarfile.TarInfo(name.decode())
            info.size = len(content)
            tarred.addfile(info, io.BytesIO(content))
    found = {}
    for kind in ("dir", "zip", "tar"):
        table = table_of(list(walk_sources(tmp_path / kind)), tmp_path / "kept" / kind)
        found[kind] = table.drop(columns=["instance", "twin"])
    holder = found["zip"].iloc[0]
    assert (holder.reason, found["tar"].iloc[0].reason) == ("archive", "archive")
    for kind in ("zip", "tar"):
        pd.testing.assert_frame_equal(found[kind][1:].reset_index(drop=True), found["dir"])


def test_an_archive_within_an_archive_is_not_opened(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a", b"1")
    (tmp_path / "raw").mkdir()
    with zipfile.ZipFile(tmp_path / "raw" / "outer", "w") as archive:
        archive.writestr("inner", inner.getvalue())
    found = table_of(list(walk_sources(tmp_path / "raw")), tmp_path / "kept")
    assert list(found.reason) == ["archive", "nested_archive"]


def test_a_file_that_changes_or_vanishes_while_read_is_noticed(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meddle(handle: BinaryIO, params: IngestParams) -> Accepted | Refused:
        found = examine(handle, params)
        with (raw / "Muellerb_Anna" / "cine.dcm").open("ab") as late:
            late.write(bytes(2))
        (raw / "Muellerc_Anna" / "cine.dcm").unlink(missing_ok=True)
        return found

    sources = list(walk_sources(raw))
    monkeypatch.setattr("pipeline.ingest.rows.examine", meddle)
    reasons = table_of(sources, tmp_path / "kept").reason
    by_name = {source.relative: reason for source, reason in zip(sources, reasons, strict=True)}
    assert by_name[b"Muellerb_Anna/cine.dcm"] == "changed"
    assert by_name[b"Muellerc_Anna/cine.dcm"] == "vanished"


def test_typed_columns_come_from_fixed_lists_and_ranges(tmp_path: Path) -> None:
    known = us_object(
        uid="1.2.1", Manufacturer="GE Vingmed Ultrasound", ManufacturerModelName="VIVID E95",
        TransducerType="SECTOR_PHASED", DepthOfScanField=160, CineRate="40", HeartRate="72",
    )  # fmt: skip
    unknown = us_object(
        screens(1), uid="1.2.2", Manufacturer="Dr Mueller", ManufacturerModelName="Annas machine",
        TransducerType="MUELLER", DepthOfScanField=99999, FrameTime="41.25", HeartRate=None,
    )  # fmt: skip
    del unknown.SequenceOfUltrasoundRegions
    write_object(tmp_path / "raw" / "a", known)
    write_object(tmp_path / "raw" / "b", unknown)
    columns = ["manufacturer", "model", "probe_type", "depth_mm", "frame_time_ms", "heart_rate_bpm"]
    found = table_of(list(walk_sources(tmp_path / "raw")), tmp_path / "kept")[columns]
    assert found.iloc[0].tolist() == ["ge", "Vivid E95", "SECTOR_PHASED", 160.0, 25.0, 72.0]
    assert found.iloc[1].tolist()[:3] == ["other"] * 3
    assert found.iloc[1].frame_time_ms == 41.25
    assert found.iloc[1][["depth_mm", "heart_rate_bpm"]].isna().all()


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
    with pytest.raises(StudyError, match=r"cohort\.path: none of 0 files"):
        scan(tmp_path / "raw", tmp_path)
    (tmp_path / "raw" / "a.dcm").write_text("text")
    with pytest.raises(StudyError, match=r"cohort\.path: none of 1 files"):
        scan(tmp_path / "raw", tmp_path)


@pytest.mark.parametrize("change", [{"workers": 2}, {"workers": 2, "batch_files": 1}])
def test_neither_workers_nor_batches_change_a_byte(
    raw: Path, tmp_path: Path, change: dict[str, int]
) -> None:
    scan(raw, tmp_path / "one")
    scan(raw, tmp_path / "two", params=PARAMS.model_copy(update=change))
    for name in TABLES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
