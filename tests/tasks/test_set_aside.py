"""The rows that are set aside: kept when planning fails, and shown with their images' paths."""

import io
from pathlib import Path

import pandas as pd
import pytest

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.locate import with_paths
from pipeline.tasks.set_aside import read_set_aside
from tests.challenge_layout import small_study, speckle
from tests.tasks.settings import Planned, changed, plan_in

TASKS = load_catalogue()
DETECTION = TASKS["thyroid_nodule_det"]


def _raw(folder: Path) -> Path:
    study = small_study(folder, [DETECTION])
    study.add(DETECTION, "../gone.png", "z.csv", x_min=1, y_min=1, x_max=2, y_max=2)
    image = "../Detection/thyroid_nodule_det (set, 1)/Patient00001_a.png"
    study.add(DETECTION, image, "z.csv", x_min=1, y_min=1, x_max=2, y_max=99)
    return study.write()


def test_a_plan_that_fails_leaves_the_whole_table(tmp_path: Path) -> None:
    raw, files = _raw(tmp_path / "raw"), plan_in(tmp_path / "out")
    whole = Planned(tmp_path / "whole", changed(include=[DETECTION.id]), raw)
    with pytest.raises(StudyError, match=r"set_aside\.csv lists every row") as caught:
        Planned(tmp_path / "out", changed(include=[DETECTION.id, "lung", "cervix"]), raw)
    assert "lung: no image for test, train, val; of its rows 0 can be used" in str(caught.value)
    assert "cervix: no image for" in str(caught.value)
    assert files.set_aside.read_bytes() == whole.files.set_aside.read_bytes()
    files.quarantine.unlink()  # as the workflow does
    kept = read_set_aside(files.quarantine, files.set_aside)
    assert kept is not None
    pd.testing.assert_frame_equal(kept, whole.quarantine, check_dtype=False)
    assert read_set_aside(tmp_path / "none", tmp_path / "none") is None


def test_a_rows_wrong_cell_is_told(tmp_path: Path) -> None:
    raw = _raw(tmp_path / "raw")
    table = Planned(tmp_path / "out", changed(include=[DETECTION.id]), raw).quarantine
    assert list(table["reason"]) == ["missing_image", "box_outside"]
    assert list(table["field"]) == ["image_path", "y_max"]
    assert table["value"].isna().tolist() == [True, False] and table["value"][1] == 99


def test_paths_are_looked_up_in_the_archive_and_kept_nowhere(tmp_path: Path) -> None:
    raw = _raw(tmp_path / "raw")
    plan = Planned(tmp_path / "out", changed(include=[DETECTION.id]), raw)
    shown = with_paths(plan.quarantine, [raw])
    assert shown["image_path"][0] == "../gone.png"
    assert shown["image_path"][1].endswith("Patient00001_a.png")
    read = pd.read_csv(io.StringIO(shown.to_csv(index=False)))
    assert list(read.columns) == [*plan.quarantine.columns, "image_path"]
    for path in vars(plan.files).values():
        assert b"Patient0" not in path.read_bytes(), path.name


def test_a_classification_of_which_one_class_is_left_is_no_task(tmp_path: Path) -> None:
    """Classes that were counted from 1: the second is out of range, the first is missing."""
    task = TASKS["breast_2cls"]
    study = small_study(tmp_path / "raw", [TASKS["lung_2cls"]])
    for number in range(12):
        image = speckle(number, 30, 31)
        study.add_labelled(task, f"x/{number}.png", image, number, mask=number % 2 + 1)
    with pytest.raises(StudyError, match="too few images can be used") as caught:
        Planned(tmp_path / "out", changed(include=["lung_2cls", task.id]), study.write())
    told = str(caught.value)
    assert "breast_2cls: all images are of class 1 (class_1); classes count from 0" in told
    assert "6 class_out_of_range" in told
    assert "lung_2cls:" not in told
