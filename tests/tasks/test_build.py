import json
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.io.images import decode_png
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_arrow, read_table
from pipeline.tasks.build import build_task
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.reading import archive_of
from pipeline.tasks.tables import TASKS, TEST_LABELS
from tests.challenge_layout import ChallengeFolder, small_study, speckle
from tests.tasks.settings import Planned, changed

CATALOGUE = load_catalogue()
CHOSEN = {
    name: CATALOGUE[name] for name in ("cardiac_multi", "organ_cls", "thyroid_nodule_det", "IUGC")
}
PARAMS = changed(include=list(CHOSEN))
FILES = ("train", "val", "test", "test_labels")
LABELS = ("label", "box", "points", "mask.png")


def _plan(root: Path, raw: Path) -> None:
    Planned(root, PARAMS, raw)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with raw/ and tasks.parquet."""
    root = tmp_path_factory.mktemp("planned")
    raw = small_study(root / "raw", list(CHOSEN.values()), images=18).write()
    _plan(root, raw)
    return root


def _build(planned: Path, out: Path, task: str) -> dict[str, float]:
    paths = {name: out / name for name in FILES}
    archive = archive_of(PARAMS, [planned / "raw"])
    return build_task(task, archive, tasks=planned / "tasks.parquet", **paths)


@pytest.mark.parametrize("task", CHOSEN)
def test_each_planned_sample_is_in_its_split_and_nowhere_else(
    planned: Path, tmp_path: Path, task: str
) -> None:
    counts = _build(planned, tmp_path, task)
    table = read_table(planned / "tasks.parquet", TASKS)
    table = table[table["task"] == task]
    for split in ("train", "val", "test"):
        keys = [key for key, _ in read_shard(tmp_path / split)]
        assert keys == sorted(table.loc[table["split"] == split, "sample"])
        assert counts[split] == len(keys)


@pytest.mark.parametrize("task", CHOSEN)
def test_the_test_tar_holds_no_label(planned: Path, tmp_path: Path, task: str) -> None:
    _build(planned, tmp_path, task)
    for _, parts in read_shard(tmp_path / "test"):
        assert set(parts) == {"image.png", "json"}
        assert set(json.loads(parts["json"])) == {"task", "sample", "group", "height", "width"}


@pytest.mark.parametrize(
    ("task", "label"), zip(CHOSEN, ("mask.png", "label", "box", "points"), strict=True)
)
def test_training_samples_hold_their_one_kind_of_label(
    planned: Path, tmp_path: Path, task: str, label: str
) -> None:
    _build(planned, tmp_path, task)
    for _, parts in read_shard(tmp_path / "train"):
        held = set(parts) | set(json.loads(parts["json"]))
        assert held & set(LABELS) == {label}


@pytest.mark.parametrize("task", CHOSEN)
def test_test_labels_match_the_test_tar(planned: Path, tmp_path: Path, task: str) -> None:
    _build(planned, tmp_path, task)
    rows = read_arrow(tmp_path / "test_labels", TEST_LABELS).to_pylist()
    shard = dict(read_shard(tmp_path / "test"))
    assert [row["sample"] for row in rows] == list(shard)
    for row in rows:
        size = (row["height"], row["width"])
        assert decode_png(shard[row["sample"]]["image.png"]).shape == size
        assert sum(row[name] is not None for name in ("label", "box", "points", "mask")) == 1
        if row["mask"] is not None:
            assert decode_png(row["mask"]).shape == size


def test_pixels_and_points_survive_as_they_are(planned: Path, tmp_path: Path) -> None:
    _build(planned, tmp_path, "IUGC")
    images = {speckle(3000 + number).tobytes(): number for number in range(18)}
    for _, parts in read_shard(tmp_path / "train"):
        number = images[decode_png(parts["image.png"]).tobytes()]
        expected = [[4.0 + number % 5, 2.0 + index] for index in range(3)]
        assert np.allclose(json.loads(parts["json"])["points"], expected)


def test_the_same_bytes_every_time(planned: Path, tmp_path: Path) -> None:
    _build(planned, tmp_path / "a", "cardiac_multi")
    _build(planned, tmp_path / "b", "cardiac_multi")
    for name in FILES:
        assert sha256_file(tmp_path / "a" / name) == sha256_file(tmp_path / "b" / name)


def test_raw_data_that_changed_since_the_plan_is_refused(tmp_path: Path) -> None:
    folder: ChallengeFolder = small_study(tmp_path / "raw", list(CHOSEN.values()))
    raw = folder.write()
    _plan(tmp_path, raw)
    folder.save("Classification/organ_cls (set, 1)/Patient01003_a.png", speckle(5))
    with pytest.raises(StudyError, match="forcerun"):
        _build(tmp_path, tmp_path / "out", "organ_cls")
