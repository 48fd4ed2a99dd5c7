"""Pictures that several tasks use: linked, or kept by the first of the tasks."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.left_out import shared_with_earlier
from tests.challenge_layout import ChallengeFolder, small_study, speckle
from tests.tasks.settings import Planned, changed

TASKS = load_catalogue()
FIRST, LATER = TASKS["lung"], TASKS["lung_2cls"]
IDS = [FIRST.id, LATER.id]
SHARED = 8


def _raw(root: Path) -> ChallengeFolder:
    """Both tasks have 15 images of their own; 8 more serve both, half of them as copies."""
    folder = small_study(root / "raw", [FIRST, LATER])
    for number in range(SHARED):
        image = speckle(7000 + number)
        folder.add_labelled(FIRST, f"S/one{number}x.png", image, number, csv_name="first.csv")
        name = "one" if number % 2 else "copy"
        row = {"csv_name": "later.csv", "patient": f"p{number}"}
        folder.add_labelled(LATER, f"S/{name}{number}x.png", image, number, **row)
    return folder


def _plan(root: Path, folder: ChallengeFolder, name: str, **values: object) -> Planned:
    return Planned(root / name, changed(**{"include": IDS, **values}), folder.write())


def test_only_the_first_task_keeps_a_shared_picture(tmp_path: Path) -> None:
    folder = _raw(tmp_path)
    linked = _plan(tmp_path, folder, "a")
    first = _plan(tmp_path, folder, "b", shared_images="first_task")
    assert linked.quarantine.empty and len(linked.tasks) == 2 * (15 + SHARED)
    assert first.found == [("later.csv", row, "shared_image") for row in range(1, SHARED + 1)]
    assert first.counts["reasons"] == {"shared_image": SHARED}
    assert first.counts["tasks"][LATER.id]["used"] == 15
    assert (first.tasks.groupby("image_sha256")["task"].nunique() == 1).all()
    assert first.leakage["links"]["same_picture"]["across_tasks"] == 0
    both = linked.tasks.merge(first.tasks, on=["task", "sample"])
    assert len(both) == len(first.tasks) and both["group_x"].equals(both["group_y"])


def test_the_order_of_the_study_tells_which_task_is_first(tmp_path: Path) -> None:
    folder, order = _raw(tmp_path), IDS[::-1]
    plan = _plan(tmp_path, folder, "a", shared_images="first_task", include=order)
    assert {csv for csv, _, _ in plan.found} == {"first.csv"} and len(plan.found) == SHARED


def test_a_row_left_out_still_joins_its_relatives(tmp_path: Path) -> None:
    """Only the row that leaves tells the patient of the picture."""
    folder = _raw(tmp_path)
    folder.add_labelled(LATER, "S/relative x.png", speckle(1, 20, 31), 0, patient="p3")
    tasks = _plan(tmp_path, folder, "a", shared_images="first_task").tasks
    (relative,) = tasks.loc[tasks["width"] == 31, "group"]
    assert sorted(tasks.loc[tasks["group"] == relative, "task"]) == [FIRST.id, LATER.id]


def test_a_picture_stays_held_out_if_only_the_row_that_leaves_says_so(tmp_path: Path) -> None:
    folder = _raw(tmp_path)
    image = speckle(2, 20, 31)
    folder.add_labelled(FIRST, "S/other name x.png", image, 0)
    folder.add_labelled(LATER, "S/Patient00331_Plane3_1_of_1.png", image, 0)
    official = {"shared_images": "first_task", "fetal_planes_official": "hold_out"}
    (split,) = _plan(tmp_path, folder, "a", **official).tasks.query("width == 31")["split"]
    assert split == "test"
    dropped = _plan(tmp_path, folder, "b", **official | {"fetal_planes_official": "drop"})
    assert dropped.counts["reasons"] == {"official_test_image": 2, "shared_image": SHARED}


def test_a_later_task_that_has_nothing_left_is_told(tmp_path: Path) -> None:
    folder = small_study(tmp_path / "raw", [FIRST])
    for number in range(15):
        image = f"../Segmentation/lung (set, 1)/Patient00{number:03d}_a.png"
        folder.add(LATER, image, mask=number % 2)
    _plan(tmp_path, folder, "a")
    with pytest.raises(StudyError, match=r"lung_2cls: no image for .* 15 shared_image"):
        _plan(tmp_path, folder, "b", shared_images="first_task")


def test_a_task_may_use_one_picture_in_several_rows() -> None:
    rows = pd.DataFrame({"task": list("BBAACC"), "image_sha256": list("xxyxyz")})
    assert list(shared_with_earlier(rows, list("ABC"))) == [True, True, False, False, True, False]
    assert list(shared_with_earlier(rows, list("CBA"))) == [False, False, True, True, False, False]
