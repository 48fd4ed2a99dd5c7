"""The task catalogue: what each task predicts, where it belongs and where its images come from.

`catalogue.csv` is the only place where tasks are listed. Ids, types and class counts are those of
the challenge's `TASK_CONFIGURATIONS` (lijiake2408/Foundation-Model-Challenge-for-Ultrasound-Image-
Analysis, model_factory.py). A user's own file of the same columns adds tasks or replaces rows.
Standard library only: the workflow itself reads this module.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Literal, cast

from pipeline.errors import StudyError
from pipeline.tasks.catalogue_row import NEEDED, check_columns, check_row
from pipeline.tasks.own_table import read_own_table

TaskType = Literal["segmentation", "classification", "detection", "regression"]
Basis = Literal["paper", "reported", "inferred", "counted", "estimated", "assumption", "unknown"]

CATALOGUE = Path(__file__).with_name("catalogue.csv")


@dataclass(frozen=True)
class Task:
    """One labelled task.

    `num_classes` counts the background in segmentation, the landmarks in regression, and is 1 in
    detection. `labels` names the classes or landmarks in index order. `group` is the clinical
    group. `mirror_safe` tells that the label is as true in a mirror: the task is not about
    orientation and its landmarks have no order.

    Each `..._basis` says how we know: `paper` follows from what is reported of the study (arXiv
    2603.18123: obstetric cervical landmarks and fetal abdomen, breast, lung), `reported` was
    published by entrants of the challenge or by the data set, `inferred` from names and counts,
    `counted` and `estimated` (a published 15 % sample over 0.15) are image numbers, `assumption`
    is our own. `train_images` is the published size of the challenge's training part, 0 if unknown.
    """

    id: str
    type: TaskType
    num_classes: int
    organ: str
    group: str
    group_basis: Basis
    labels: tuple[str, ...]
    labels_basis: Basis
    mirror_safe: bool
    dataset: str
    dataset_basis: Basis
    licence: str
    train_images: int
    train_images_basis: Basis


# The columns of a catalogue file, in the order of Task's fields.
COLUMNS = (
    "task_id",
    "task_type",
    "num_classes",
    "organ",
    "clinical_group",
    "group_basis",
    "labels",
    "labels_basis",
    "mirror_safe",
    "dataset",
    "dataset_basis",
    "licence",
    "train_images",
    "train_images_basis",
)


def _task(row: Mapping[str, str]) -> Task:
    return Task(
        id=row["task_id"],
        type=cast("TaskType", row["task_type"]),
        num_classes=int(row["num_classes"]),
        organ=row["organ"],
        group=row["clinical_group"],
        group_basis=cast("Basis", row["group_basis"]),
        labels=tuple(label.strip() for label in row["labels"].split(";")),
        labels_basis=cast("Basis", row["labels_basis"]),
        mirror_safe=row["mirror_safe"] == "yes",
        dataset=row["dataset"],
        dataset_basis=cast("Basis", row["dataset_basis"]),
        licence=row["licence"],
        train_images=int(row["train_images"]),
        train_images_basis=cast("Basis", row["train_images_basis"]),
    )


def load_catalogue(path: Path = CATALOGUE) -> dict[str, Task]:
    """Return the tasks of a catalogue file by id, in the file's order.

    Raises StudyError naming file, line, column and remedy.
    """
    tasks: dict[str, Task] = {}
    table = read_own_table("catalogue", path, NEEDED)
    check_columns(path.name, table.columns)
    for number, cells in table.lines:
        task = _task(check_row(path.name, number, cells))
        if known := _same_folder(task.id, tasks):
            raise StudyError(
                f"catalogue: {path.name}, line {number}, task_id: {task.id!r} names the same "
                f"folder as {known!r} above; keep one of them"
            )
        tasks[task.id] = task
    return tasks


def _same_folder(task: str, tasks: Mapping[str, Task]) -> str | None:
    """Return the task whose id differs from `task` at most in case: one folder on some systems."""
    return next((name for name in tasks if name.casefold() == task.casefold()), None)


def study_catalogue(own: str, include: Sequence[str]) -> dict[str, Task]:
    """Return a study's tasks: the project's, extended or replaced by the rows of the file `own`.

    `own` is a path or empty; `include` keeps only these tasks, in its order, unless it is empty.
    Raises StudyError when a file is not valid or an included task is in neither.
    """
    tasks = load_catalogue()
    for name, task in (load_catalogue(Path(own)) if own else {}).items():
        if (known := _same_folder(name, tasks)) not in (None, name):
            raise StudyError(
                f"catalogue: {Path(own).name}, task_id: {name!r} differs from the project's "
                f"{known!r} only in case; write it as the project does to replace it, or choose "
                "another id"
            )
        tasks[name] = task
    if unknown := [name for name in include if name not in tasks]:
        raise StudyError(
            f"include: no catalogue has {', '.join(unknown)}; known are "
            f"{', '.join(sorted(tasks))}"
            + ("" if own else "; tasks.catalogue names a file of tasks of your own")
        )
    return {name: tasks[name] for name in include} if include else tasks


def catalogue_text(tasks: Mapping[str, Task]) -> str:
    """Return tasks as a catalogue file that `load_catalogue` reads back."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for task in tasks.values():
        writer.writerow(_cell(getattr(task, field.name)) for field in fields(task))
    return text.getvalue()


def _cell(value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ";".join(value) if isinstance(value, tuple) else str(value)
