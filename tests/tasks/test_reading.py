import random
from pathlib import Path
from typing import Any

import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.params import TasksParams
from pipeline.tasks.plan import plan_tasks
from pipeline.tasks.reading import Reading, archive_of, read_archive
from tests.challenge_layout import ChallengeFolder, small_study, speckle
from tests.kills import killed_after
from tests.tasks.settings import changed, plan_in

NAMES = ("lung", "organ_cls", "thyroid_nodule_det", "IUGC")
PARAMS = changed(include=list(NAMES), batch_rows=20)


@pytest.fixture
def folder(tmp_path: Path) -> ChallengeFolder:
    tasks = load_catalogue()
    folder = small_study(tmp_path / "raw", [tasks[name] for name in NAMES], images=60)
    folder.write()
    return folder


def _plan(raw: Path, out: Path, params: TasksParams) -> None:
    plan_tasks(params, 1, [raw], plan_in(out), out / "resume")


def test_a_plan_killed_again_and_again_ends_with_the_same_bytes(
    folder: ChallengeFolder, tmp_path: Path
) -> None:
    _plan(folder.root, tmp_path / "whole", PARAMS)
    params = PARAMS.model_copy(update={"workers": 2, "batch_rows": 5})
    draw, out = random.Random(0), tmp_path / "killed"
    killed = [
        killed_after(draw.uniform(0.05, 0.3), _plan, folder.root, out, params) for _ in range(5)
    ]
    assert any(killed)
    _plan(folder.root, out, params)
    for path in vars(plan_in(tmp_path / "whole")).values():
        assert path.read_bytes() == (out / path.name).read_bytes()
    assert not list((out / "resume").iterdir())


def _kept(raw: Path, kept: Path, **changes: Any) -> set[Path]:
    params = TasksParams.model_validate({**PARAMS.model_dump(), **changes})
    reading = Reading(1, 20, kept)
    list(read_archive(archive_of(params, [raw]), reading, lambda text: None))
    return set(kept.iterdir())


def test_what_was_read_is_not_read_again_and_what_changed_is(
    folder: ChallengeFolder, tmp_path: Path
) -> None:
    first = _kept(folder.root, tmp_path / "kept")
    assert len(first) == 4 * 60 // 20
    written = {path: path.stat().st_mtime_ns for path in first}
    min(first).write_bytes(b"half a batch")
    assert _kept(folder.root, tmp_path / "kept") == first
    assert [path for path in first if path.stat().st_mtime_ns != written[path]] == [min(first)]

    folder.save("Segmentation/lung (set, 1)/Patient00003_a.png", speckle(5, 22, 24))
    assert len(_kept(folder.root, tmp_path / "kept") - first) == 1
    folder.save("Segmentation/masks/Segmentation/lung (set, 1)/Patient00033_a.png.png", speckle(6))
    assert len(_kept(folder.root, tmp_path / "kept") - first) == 2
    assert not _kept(folder.root, tmp_path / "other", missing_landmarks="quarantine") & first
    assert not _kept(folder.root, tmp_path / "less", include=["lung"]) & first


def test_progress_tells_rows_and_defects(folder: ChallengeFolder, tmp_path: Path) -> None:
    folder.add(load_catalogue()["lung"], "../gone.png")
    told: list[str] = []
    reading = Reading(1, 100, tmp_path / "kept")
    archive = archive_of(PARAMS, [folder.write()])
    list(read_archive(archive, reading, told.append))
    assert told[-1] == "241 rows read, 1 of them with a defect"
    assert len(told) == 3
