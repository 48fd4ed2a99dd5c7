"""The 27 tasks of the FM_UIA 2026 challenge: what each predicts and where it belongs.

Ids, types and class counts are those of the challenge's `TASK_CONFIGURATIONS`. Standard library
only: the workflow itself reads this module.
"""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

TaskType = Literal["segmentation", "classification", "detection", "regression"]
GroupBasis = Literal["paper", "assumption"]

CATALOGUE = Path(__file__).with_name("catalogue.csv")


@dataclass(frozen=True)
class Task:
    """One labelled task.

    `num_classes` counts the background in segmentation, the landmarks in regression, and is 1 in
    detection. `labels` names the classes or landmarks in index order. `group` is the clinical
    group; `group_basis` says whether this membership follows from what is reported of the study
    (arXiv 2603.18123: obstetric cervical landmarks and fetal abdomen, breast, lung) or is our
    own assumption.
    """

    id: str
    type: TaskType
    num_classes: int
    organ: str
    group: str
    group_basis: GroupBasis
    labels: tuple[str, ...]
    dataset: str


def _task(row: dict[str, str]) -> Task:
    if row["task_type"] not in get_args(TaskType) or row["group_basis"] not in get_args(GroupBasis):
        raise ValueError(f"{CATALOGUE.name}: task {row['task_id']} has an unknown type or basis")
    return Task(
        id=row["task_id"],
        type=cast("TaskType", row["task_type"]),
        num_classes=int(row["num_classes"]),
        organ=row["organ"],
        group=row["clinical_group"],
        group_basis=cast("GroupBasis", row["group_basis"]),
        labels=tuple(row["labels"].split(";")),
        dataset=row["dataset"],
    )


def load_catalogue() -> dict[str, Task]:
    """Return the tasks by id, in the catalogue's order."""
    with CATALOGUE.open(newline="", encoding="utf-8") as handle:
        tasks = [_task(row) for row in csv.DictReader(handle)]
    return {task.id: task for task in tasks}
