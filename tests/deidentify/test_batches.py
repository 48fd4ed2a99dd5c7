"""A part goes on where it was, and neither how often nor in what steps shows in its bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.deidentify.clean import Outputs, clean_part
from pipeline.deidentify.cleaner import Cleaner
from pipeline.deidentify.params import DeidentifyParams
from pipeline.ingest.scan import scan_archive
from tests.deidentify.settings import KEY, PARAMS
from tests.dicom_files import write_archive
from tests.ingest.settings import PARAMS as INGEST
from tests.ingest.settings import scan_outputs

NAMES = ("frames", "table", "rejected", "ledger", "review", "objects")
INSTANCES = 12


class Stopped(BaseException):
    """What ends the work from outside; nothing in it catches this."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archive")
    write_archive(folder / "raw", patients=6)
    outputs, resume = scan_outputs(folder), folder / "resume"
    scan_archive(INGEST, KEY, 1, folder / "raw", (), outputs, resume)
    return folder


class Part:
    """The one part of an archive, cleaned in a folder."""

    def __init__(self, archive: Path, folder: Path) -> None:
        self.archive, self.folder, self.said = archive, folder, list[str]()

    def clean(self, params: DeidentifyParams = PARAMS) -> None:
        outputs = Outputs(*(self.folder / name for name in NAMES))
        raw, instances = self.archive / "raw", self.archive / "instances.parquet"
        resume = self.folder / "resume"
        clean_part(params, KEY, 0, raw, instances, outputs, resume, self.said.append)

    def written(self) -> dict[str, bytes]:
        return {name: (self.folder / name).read_bytes() for name in NAMES}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The instances, in the order in which they are cleaned."""
    cleaned: list[str] = []
    clean = Cleaner.clean

    def noted(self: Cleaner, source: Any, row: Any, check: Callable[[], None]) -> Any:
        cleaned.append(row.instance)
        return clean(self, source, row, check)

    monkeypatch.setattr(Cleaner, "clean", noted)
    return cleaned


def stop_after(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    clean, left = Cleaner.clean, iter(range(number))

    def stopping(self: Cleaner, source: Any, row: Any, check: Callable[[], None]) -> Any:
        if next(left, None) is None:
            raise Stopped
        return clean(self, source, row, check)

    monkeypatch.setattr(Cleaner, "clean", stopping)


@pytest.fixture(scope="module")
def expected(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    whole = Part(archive, tmp_path_factory.mktemp("whole"))
    whole.clean()
    return whole.written()


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_size_of_batches_changes_no_byte(
    size: int, archive: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    part = Part(archive, tmp_path)
    part.clean(PARAMS.model_copy(update={"batch_instances": size}))
    assert part.written() == expected


@pytest.mark.parametrize("done", [1, 4, 7, 11])
def test_at_most_one_batch_is_cleaned_again(
    done: int,
    archive: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
    counted: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    part = Part(archive, tmp_path)
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        stop_after(done, patch)
        part.clean()
    assert not any((tmp_path / name).exists() for name in NAMES)
    assert len(counted) == done
    part.clean()
    assert part.written() == expected
    repeated = len(counted) - len(set(counted))
    assert (len(set(counted)), repeated) == (INSTANCES, done % PARAMS.batch_instances)


def test_a_part_that_ended_is_ended_again_without_cleaning(
    archive: Path, expected: dict[str, bytes], tmp_path: Path, counted: list[str]
) -> None:
    part = Part(archive, tmp_path)
    part.clean()
    finished = tmp_path / "finished"
    finished.hardlink_to(tmp_path / "frames")
    part.clean()
    assert len(counted) == INSTANCES
    assert part.written() == expected
    assert finished.read_bytes() == expected["frames"]


def test_other_params_keep_nothing(
    archive: Path, expected: dict[str, bytes], tmp_path: Path, counted: list[str]
) -> None:
    part = Part(archive, tmp_path)
    part.clean(PARAMS.model_copy(update={"sector_threshold": 30}))
    part.clean()
    assert len(counted) == 2 * INSTANCES
    assert part.written() == expected


@pytest.mark.parametrize("lost", ["frames.tar", "objects.tar"])
def test_without_its_tar_no_batch_is_whole(
    lost: str, archive: Path, expected: dict[str, bytes], tmp_path: Path, counted: list[str]
) -> None:
    part = Part(archive, tmp_path)
    part.clean()
    (tmp_path / "resume" / lost).unlink()
    part.clean()
    assert len(counted) == 2 * INSTANCES
    assert part.written() == expected


def test_a_changed_instance_spoils_its_batch_and_what_follows(
    archive: Path, tmp_path: Path, counted: list[str]
) -> None:
    copied = tmp_path / "archive"
    copied.mkdir()
    (copied / "raw").symlink_to(archive / "raw")
    table = pq.read_table(archive / "instances.parquet").sort_by("instance")
    pq.write_table(table, copied / "instances.parquet")
    part = Part(copied, tmp_path)
    part.clean()
    slower = [1.0 if number == 7 else None for number in range(INSTANCES)]
    at = table.column_names.index("frame_time_ms")
    changed = table.set_column(at, "frame_time_ms", pa.array(slower, pa.float64()))
    pq.write_table(changed.take([*range(6, 12), *range(6)]), copied / "instances.parquet")
    names = table["instance"].to_pylist()
    before = table["frame_time_ms"].to_pylist()
    first = next(n for n in range(INSTANCES) if before[n] != slower[n])
    part.clean()
    assert counted[INSTANCES:] == names[first - first % PARAMS.batch_instances :]


def test_the_work_is_told(archive: Path, tmp_path: Path) -> None:
    part = Part(archive, tmp_path)
    part.clean()
    assert part.said[-1] == f"{INSTANCES} of {INSTANCES} instances"
    part.clean()
    assert part.said[-1] == f"{INSTANCES} of {INSTANCES} instances were cleaned before"
