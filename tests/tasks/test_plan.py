from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.tasks.catalogue import load_catalogue
from tests.challenge_layout import ChallengeFolder, small_study, speckle
from tests.tasks.settings import Planned, changed

CATALOGUE = load_catalogue()
NAMES = ("lung", "lung_2cls", "thyroid_nodule_det", "FUGC")
CHOSEN = {name: CATALOGUE[name] for name in NAMES}
PARAMS = changed(include=list(NAMES))


def _study(root: Path) -> ChallengeFolder:
    return small_study(root / "raw", list(CHOSEN.values()))


def _plan(root: Path, folder: ChallengeFolder, seed: int = 1) -> Planned:
    return Planned(root / f"out{seed}", PARAMS, folder.write(), seed=seed)


def test_every_task_gets_all_three_splits(tmp_path: Path) -> None:
    plan = _plan(tmp_path, _study(tmp_path))
    counts = plan.tasks.groupby(["task", "split"]).size().unstack()
    assert counts.loc["lung"].to_dict() == {"test": 3, "train": 9, "val": 3}
    assert set(counts.index) == set(NAMES)
    assert (counts > 0).all(axis=None)
    assert plan.quarantine.empty


def test_an_image_shared_by_two_tasks_stays_on_one_side(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    for number in range(15):
        path = f"Segmentation/lung (set, 1)/Patient00{number:03d}_a.png"
        folder.add(CHOSEN["lung_2cls"], f"../{path}", "shared.csv", mask=number % 2)
    plan = _plan(tmp_path, folder)
    pictures = plan.leakage["links"]["same_picture"]
    assert pictures["links"] == pictures["across_tasks"] == 15
    assert pictures["across_splits"] == 0
    assert plan.leakage["groups_across_splits"] == 0
    assert plan.leakage["test_rows_leaked"]["split_by_group"] == 0
    assert (plan.tasks.groupby("image_sha256")["split"].nunique() == 1).all()


def test_the_same_pixels_under_another_name_are_one_group(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    copy = speckle(0)
    folder.add_labelled(CHOSEN["FUGC"], "Regression/copied.bmp", copy, 0)
    plan = _plan(tmp_path, folder)
    twins = plan.tasks[plan.tasks["image_sha256"].duplicated(keep=False)]
    assert set(twins["task"]) == {"lung", "FUGC"}
    assert twins["group"].nunique() == twins["split"].nunique() == 1
    assert plan.leakage["links"]["same_picture"]["across_tasks"] == 1


def test_a_resized_and_encoded_copy_in_another_task_is_of_the_same_group(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    original = np.kron(speckle(77, 10, 12), np.ones((12, 12), np.uint8))
    smaller = np.asarray(cv2.resize(original, (100, 90), interpolation=cv2.INTER_AREA), np.uint8)
    folder.add_labelled(CHOSEN["lung"], "Segmentation/one.png", original, 0)
    folder.add_labelled(CHOSEN["FUGC"], "Regression/other.jpg", smaller, 0)
    plan = _plan(tmp_path, folder)
    copies = plan.tasks[plan.tasks["width"].isin([144, 100])]
    assert set(copies["task"]) == {"lung", "FUGC"}
    assert copies["group"].nunique() == copies["split"].nunique() == 1
    assert plan.leakage["links"]["near_duplicate"]["across_tasks"] == 1
    assert plan.leakage["groups_without_near_duplicates"] == plan.leakage["groups"] + 1


def test_the_column_patient_links_images_whatever_their_names(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    for number in range(4):
        path, task = f"x/{number}.png", CHOSEN["lung" if number % 2 else "FUGC"]
        image = speckle(500 + number, 20, 31)
        folder.add_labelled(task, path, image, number, patient=f"set:{number // 2}")
    plan = _plan(tmp_path, folder)
    added = plan.tasks[plan.tasks["width"] == 31]
    assert sorted(added.groupby("group")["task"].nunique()) == [2, 2]
    assert "set:" not in plan.tasks.to_csv()


@pytest.mark.parametrize("added", NAMES)
def test_a_task_that_shares_no_image_moves_none_of_the_others(tmp_path: Path, added: str) -> None:
    raw = _study(tmp_path).write()
    before = [name for name in NAMES if name != added]
    few = Planned(tmp_path / "few", changed(include=before), raw).tasks
    all_tasks = Planned(tmp_path / "all", PARAMS, raw).tasks
    kept = all_tasks[all_tasks["task"] != added].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, few)


def test_the_account_of_all_rows_adds_up(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    folder.add(CATALOGUE["cardiac_multi"], "../x.png")
    folder.add(CHOSEN["lung_2cls"], "../gone.png", mask=0)
    folder.add(CHOSEN["lung"], "../gone.png", task_id="knee")
    plan = _plan(tmp_path, folder)
    assert plan.found == [
        ("all.csv", 1, "task_left_out"),
        ("all.csv", 2, "missing_image"),
        ("all.csv", 3, "unknown_task"),
    ]
    counts = plan.counts
    assert counts["rows"] == counts["used"] + counts["quarantined"] == len(plan.tasks) + 3
    assert counts["reasons"] == {"missing_image": 1, "task_left_out": 1, "unknown_task": 1}
    assert counts["rows_of_no_task"] == 2
    assert sum(task["rows"] for task in counts["tasks"].values()) + 2 == counts["rows"]
    for name, task in counts["tasks"].items():
        assert task["train"] + task["val"] + task["test"] == task["used"] == 15
        assert task["rows"] - task["used"] == sum(task["reasons"].values()) == (name == "lung_2cls")
    assert sum(file["rows"] for file in counts["files"]) == counts["rows"]
    assert sum(file["used"] for file in counts["files"]) == counts["used"]


def test_the_plan_is_the_same_to_the_byte_whatever_the_processes(tmp_path: Path) -> None:
    raw = _study(tmp_path).write()
    one = Planned(tmp_path / "a", PARAMS, raw)
    other = PARAMS.model_copy(update={"workers": 2, "batch_rows": 7})
    two = Planned(tmp_path / "b", other, raw)
    for name, path in vars(one.files).items():
        assert sha256_file(path) == sha256_file(getattr(two.files, name)), name


def test_another_seed_draws_another_split(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    first = _plan(tmp_path, folder, seed=1).tasks
    second = _plan(tmp_path, folder, seed=2).tasks
    assert not first["split"].equals(second["split"])
    pd.testing.assert_series_equal(first["group"], second["group"])


def test_tables_name_no_image_file(tmp_path: Path) -> None:
    folder = _study(tmp_path)
    folder.add(CHOSEN["lung_2cls"], "../Patient00001.png", mask=0)
    plan = _plan(tmp_path, folder)
    assert "Patient" not in plan.tasks.to_csv() + plan.quarantine.to_csv()


def test_a_task_that_cannot_be_split_is_named(tmp_path: Path) -> None:
    raw = _study(tmp_path).write()
    with pytest.raises(StudyError, match=r"cervix: no image for test, train, val"):
        Planned(tmp_path / "out", changed(include=[*NAMES, "cervix"]), raw)


def test_a_folder_without_labels_is_told_from_one_that_is_broken(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path / "val")
    for name in ("lung_2cls", "thyroid_nodule_det", "FUGC"):
        folder.add(CATALOGUE[name], folder.save(f"{name}.png", speckle(1)))
    with pytest.raises(StudyError, match=r"none of 3 .*: 3 no_label; .*validation folder"):
        Planned(tmp_path / "out", PARAMS, folder.write())


def test_several_folders_are_one_archive(tmp_path: Path) -> None:
    femur = CATALOGUE["fetal_femur"]
    raw = _study(tmp_path).write()
    later = small_study(tmp_path / "later", [femur]).write()
    plan = Planned(tmp_path / "out", changed(include=[*NAMES, "fetal_femur"]), raw, later)
    assert plan.tasks.groupby("task")["archive"].unique().map(list).to_dict() == {
        **{name: [1] for name in NAMES},
        "fetal_femur": [2],
    }
    assert plan.counts["rows"] == 5 * 15


def test_the_study_keeps_the_catalogue_that_it_used(tmp_path: Path) -> None:
    plan = _plan(tmp_path, _study(tmp_path))
    assert load_catalogue(plan.files.catalogue) == CHOSEN
