import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.io.tables import read_table
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.params import TasksParams
from pipeline.tasks.plan import plan_tasks
from pipeline.tasks.tables import QUARANTINE, TASKS
from tests.challenge_layout import ChallengeFolder, small_study, speckle

CATALOGUE = load_catalogue()
NAMES = ("lung", "lung_2cls", "thyroid_nodule_det", "FUGC")
CHOSEN = {name: CATALOGUE[name] for name in NAMES}
PARAMS = TasksParams(
    source="fm_uia",
    path="x",
    val_fraction=0.2,
    test_fraction=0.2,
    max_clip_share=0.2,
    near_duplicate_correlation=0.8,
)


def _study(root: Path) -> ChallengeFolder:
    return small_study(root / "raw", list(CHOSEN.values()))


def _plan(root: Path, folder: ChallengeFolder, seed: int = 1) -> tuple[Any, Any, dict[str, Any]]:
    raw, out = folder.write(), root / f"out{seed}"
    plan_tasks(
        PARAMS,
        seed,
        CHOSEN,
        raw,
        tasks=out / "tasks.parquet",
        quarantine=out / "quarantine.parquet",
        leakage=out / "leakage.json",
    )
    return (
        read_table(out / "tasks.parquet", TASKS),
        read_table(out / "quarantine.parquet", QUARANTINE),
        json.loads((out / "leakage.json").read_text()),
    )


def test_every_task_gets_all_three_splits(tmp_path: Path) -> None:
    tasks, quarantine, _ = _plan(tmp_path, _study(tmp_path))
    counts = tasks.groupby(["task", "split"]).size().unstack()
    assert counts.loc["lung"].to_dict() == {"test": 3, "train": 9, "val": 3}
    assert set(counts.index) == set(NAMES)
    assert (counts > 0).all(axis=None)
    assert quarantine.empty


def test_an_image_shared_by_two_tasks_stays_on_one_side(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    for number in range(15):
        path = f"Segmentation/lung (set, 1)/Patient00{number:03d}_a.png"
        folder.add(CHOSEN["lung_2cls"], f"../{path}", "shared.csv", mask=number % 2)
    tasks, _, leakage = _plan(tmp_path, folder)
    pictures = leakage["links"]["same_picture"]
    assert pictures["links"] == pictures["across_tasks"] == 15
    assert pictures["across_splits"] == 0
    assert leakage["groups_across_splits"] == 0
    assert leakage["test_rows_leaked"]["split_by_group"] == 0
    assert (tasks.groupby("image_sha256")["split"].nunique() == 1).all()


def test_the_same_pixels_under_another_name_are_one_group(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    copy = speckle(0)
    folder.add_labelled(CHOSEN["FUGC"], "Regression/copied.bmp", copy, 0)
    tasks, _, leakage = _plan(tmp_path, folder)
    twins = tasks[tasks["image_sha256"].duplicated(keep=False)]
    assert set(twins["task"]) == {"lung", "FUGC"}
    assert twins["group"].nunique() == twins["split"].nunique() == 1
    assert leakage["links"]["same_picture"]["across_tasks"] == 1


def test_every_row_is_used_or_quarantined_with_its_reason(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    image = speckle(99)
    folder.add(CATALOGUE["cardiac_multi"], "../x.png")
    folder.add(CHOSEN["lung_2cls"], "../gone.png", mask=0)
    folder.add_labelled(CHOSEN["lung_2cls"], "bad.png", image, 0, mask=2)
    folder.add_labelled(CHOSEN["thyroid_nodule_det"], "box.png", image, 0, x_max=25)
    folder.add(CHOSEN["FUGC"], "../Regression/FUGC (set, 1)/Patient03000_a.png", "z.csv")
    tasks, quarantine, leakage = _plan(tmp_path, folder)
    found = list(zip(quarantine["csv"], quarantine["row"], quarantine["reason"], strict=True))
    assert found == [
        ("all.csv", 1, "unknown_task"),
        ("all.csv", 2, "missing_image"),
        ("all.csv", 3, "class_out_of_range"),
        ("all.csv", 4, "box_outside"),
        ("z.csv", 1, "duplicate_row"),
    ]
    assert quarantine["task"].isna().tolist() == [True, False, False, False, False]
    accounted = leakage["accounted"]
    assert accounted["read"] == len(tasks) + len(quarantine) == 4 * 15 + 5
    assert sum(accounted["quarantined"].values()) == 5


def test_the_plan_is_the_same_to_the_byte(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    _plan(tmp_path / "a", folder)
    _plan(tmp_path / "b", folder)
    for name in ("tasks.parquet", "quarantine.parquet", "leakage.json"):
        assert sha256_file(tmp_path / "a/out1" / name) == sha256_file(tmp_path / "b/out1" / name)


def test_another_seed_draws_another_split(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    first, _, _ = _plan(tmp_path, folder, seed=1)
    second, _, _ = _plan(tmp_path, folder, seed=2)
    assert not first["split"].equals(second["split"])
    pd.testing.assert_series_equal(first["group"], second["group"])


def test_tables_name_no_image_file(tmp_path: Path) -> None:
    tasks, _, _ = _plan(tmp_path, _study(tmp_path))
    assert "Patient" not in tasks.to_csv()


def test_a_task_that_cannot_be_split_is_named(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    with pytest.raises(StudyError, match=r"cervix: no image for test, train, val"):
        plan_tasks(
            PARAMS,
            1,
            {**CHOSEN, "cervix": CATALOGUE["cervix"]},
            folder.write(),
            tasks=tmp_path / "t",
            quarantine=tmp_path / "q",
            leakage=tmp_path / "l",
        )
