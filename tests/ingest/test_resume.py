import random
from pathlib import Path

import pytest

from pipeline.ingest.batches import Reading, read_batches
from pipeline.ingest.params import IngestParams
from pipeline.ingest.scan import scan_archive
from pipeline.io.batches import in_batches
from pipeline.io.sources import walk_sources
from tests.dicom_files import screens, us_object, write_object
from tests.ingest.settings import PARAMS, scan_outputs
from tests.kills import killed_after

KEY = bytes(range(32))
TABLES = ("instances.parquet", "quarantine.parquet", "regions.parquet", "counts.json")
FILES, KILLS = 240, 8


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    for number in range(FILES):
        header = us_object(screens(1, seed=number % 50), uid=f"1.2.{number}")
        write_object(tmp_path / "raw" / f"{number:03d}", header)
    return tmp_path / "raw"


def scan(raw: Path, out: Path, params: IngestParams) -> None:
    scan_archive(params, KEY, 2, raw, (), scan_outputs(out), out / "resume")


def test_a_scan_killed_again_and_again_ends_with_the_same_bytes(raw: Path, tmp_path: Path) -> None:
    scan(raw, tmp_path / "whole", PARAMS)
    params = PARAMS.model_copy(update={"workers": 2, "batch_files": 10})
    draw, out = random.Random(0), tmp_path / "killed"
    killed = [killed_after(draw.uniform(0.05, 0.4), scan, raw, out, params) for _ in range(KILLS)]
    assert any(killed)
    scan(raw, out, params)
    for name in TABLES:
        assert (out / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((out / "resume").iterdir())
    assert {path.name for path in out.iterdir() if not path.name.startswith(".")} == {
        *TABLES, "resume",
    }  # fmt: skip


def kept_batches(raw: Path, folder: Path, params: IngestParams, key: bytes = KEY) -> set[Path]:
    batches = in_batches(walk_sources(raw), params.batch_files)
    return {path for _, path in read_batches(batches, Reading(params, key, 2, folder))}


def test_what_was_read_is_not_read_again_and_what_changed_is(raw: Path, tmp_path: Path) -> None:
    params = PARAMS.model_copy(update={"batch_files": 20})
    first = kept_batches(raw, tmp_path / "kept", params)
    written = {path: path.stat().st_mtime_ns for path in first}
    min(first).write_bytes(b"half a batch")
    again = kept_batches(raw, tmp_path / "kept", params)
    assert again == first
    assert [path for path in first if path.stat().st_mtime_ns != written[path]] == [min(first)]

    (raw / "007").write_bytes(b"changed")
    assert len(kept_batches(raw, tmp_path / "kept", params) - first) == 1
    other = params.model_copy(update={"max_frames": 7})
    assert not kept_batches(raw, tmp_path / "kept", other) & first
    assert not kept_batches(raw, tmp_path / "kept", params, b"another key" * 3) & first
