from collections import Counter
from pathlib import Path
from typing import get_args

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import (
    CATALOGUE,
    COLUMNS,
    Task,
    catalogue_text,
    load_catalogue,
    study_catalogue,
)
from pipeline.tasks.strategies import Strategy, units_of

TASKS = load_catalogue()
OWN = {
    "task_id": "muscle",
    "task_type": "segmentation",
    "num_classes": "2",
    "organ": "calf",
    "clinical_group": "limbs",
    "labels": "background;muscle",
    "mirror_safe": "yes",
}


def _own(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "own.csv"
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [",".join(row.get(name, "") for name in columns) for row in rows]
    path.write_text("\n".join([",".join(columns), *lines]) + "\n", encoding="utf-8-sig")
    return path


def test_the_catalogue_is_the_challenges_27_tasks() -> None:
    types = Counter(task.type for task in TASKS.values())
    assert types == {"segmentation": 12, "classification": 9, "detection": 3, "regression": 3}
    assert all(name == task.id for name, task in TASKS.items())


def test_published_sizes_add_up_to_the_published_archive() -> None:
    """The train release before the femurs has 39,761 to 39,766 rows; each estimate is off by 7."""
    total = sum(task.train_images for name, task in TASKS.items() if name != "fetal_femur")
    assert abs(total - 39764) < 7 * 26


def test_tasks_about_orientation_or_ordered_landmarks_are_not_mirrored() -> None:
    for task in TASKS.values():
        assert not (task.mirror_safe and task.type == "regression"), task.id
        assert not (task.mirror_safe and "_pos_" in task.id), task.id


def test_every_class_and_landmark_has_its_own_label() -> None:
    for task in TASKS.values():
        assert len(set(task.labels)) == task.num_classes, task.id
        assert (task.labels[0] == "background") == (task.type == "segmentation"), task.id


def test_a_catalogue_reads_back_as_it_was_written(tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_text(catalogue_text(TASKS), encoding="utf-8")
    assert load_catalogue(copy) == TASKS
    assert copy.read_text() == CATALOGUE.read_text()
    assert CATALOGUE.read_text().splitlines()[0] == ",".join(COLUMNS)


def test_a_task_of_ones_own_needs_seven_columns(tmp_path: Path) -> None:
    tasks = study_catalogue(str(_own(tmp_path, OWN)), ())
    assert list(tasks) == [*TASKS, "muscle"]
    assert tasks["muscle"] == Task(
        id="muscle",
        type="segmentation",
        num_classes=2,
        organ="calf",
        group="limbs",
        group_basis="assumption",
        labels=("background", "muscle"),
        labels_basis="assumption",
        mirror_safe=True,
        dataset="own",
        dataset_basis="reported",
        licence="not checked",
        train_images=0,
        train_images_basis="unknown",
    )


def test_a_row_of_ones_own_replaces_the_projects(tmp_path: Path) -> None:
    own = OWN | {"task_id": "lung", "labels": "background;pleura"}
    tasks = study_catalogue(str(_own(tmp_path, own)), ())
    assert list(tasks) == list(TASKS)
    assert tasks["lung"].labels == ("background", "pleura")


def test_a_study_of_some_tasks(tmp_path: Path) -> None:
    tasks = study_catalogue(str(_own(tmp_path, OWN)), ("muscle", "lung"))
    assert list(tasks) == ["muscle", "lung"]
    with pytest.raises(StudyError, match="include: no catalogue has knee; known are FUGC"):
        study_catalogue("", ("knee",))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"task_id": "../x"}, "line 3, task_id: '../x' is not allowed: start with a letter"),
        ({"task_id": ""}, "line 3, task_id"),
        ({"task_id": "MUSCLE"}, "line 3, task_id: 'MUSCLE' names the same folder as 'muscle'"),
        ({"task_id": "muscle"}, "line 3, task_id: 'muscle' names the same folder"),
        ({"task_id": "fugc"}, "differs from the project's 'FUGC' only in case"),
        ({"task_type": "Regression"}, "line 3, task_type: 'Regression' is not allowed"),
        ({"num_classes": "1"}, "line 3, num_classes: '1' is not allowed: give 2 to 255"),
        ({"num_classes": "two"}, "line 3, num_classes"),
        ({"num_classes": "3"}, "line 3, labels: .* give 3 names"),
        ({"labels": "background;background"}, "line 3, labels: .* given twice"),
        ({"labels": "muscle;background"}, "line 3, labels: .* first class"),
        ({"clinical_group": "a b"}, "line 3, clinical_group"),
        ({"organ": ""}, "line 3, organ"),
        ({"mirror_safe": "maybe"}, "line 3, mirror_safe: 'maybe' is not allowed: give yes or no"),
        ({"group_basis": "guess"}, "line 3, group_basis"),
        ({"train_images": "-1"}, "line 3, train_images"),
        ({"task_type": "detection"}, r"num_classes: '2' .*: give 1 for detection \(the one box"),
        (
            {"task_type": "detection", "num_classes": "1"},
            "labels: .*: give 1 name, as num_classes says",
        ),
        ({"colour": "red"}, "line 1: unknown column 'colour'"),
    ],
)
def test_a_wrong_row_is_named_with_its_field_and_the_remedy(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    path = _own(tmp_path, OWN, OWN | {"task_id": "nerve"} | change)
    with pytest.raises(StudyError, match=rf"catalogue: own\.csv.*{words}"):
        study_catalogue(str(path), ())


def test_missing_columns_and_files_are_named(tmp_path: Path) -> None:
    path = _own(tmp_path, {"task_id": "muscle"})
    with pytest.raises(StudyError, match=r"own\.csv, line 1: columns task_type, .* are missing"):
        load_catalogue(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(StudyError, match=r"own\.csv cannot be read as CSV in UTF-8"):
        load_catalogue(path)


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_every_task_is_in_exactly_one_unit(strategy: Strategy) -> None:
    members = [task for unit in units_of(strategy, TASKS).values() for task in unit]
    assert sorted(members) == sorted(TASKS)


def test_units_are_named_after_what_they_hold() -> None:
    assert all(unit == (name,) for name, unit in units_of("task-specific", TASKS).items())
    for group, members in units_of("clinical-groups", TASKS).items():
        assert {TASKS[member].group for member in members} == {group}
    assert list(units_of("all-tasks", TASKS)) == ["all"]
