"""The labels of a folder in the challenge's layout, read as its `evaluate.py` reads them.

Unlike `pipeline.tasks`, this leaves nothing out that the challenge scores: a duplicate row counts
twice, a class index may be out of range, a box may lie outside its image (`set_aside.py` names such
rows). What it skips or fails on is skipped and counted.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError
from pipeline.io.images import encode_png
from pipeline.submission.layout import read_mask
from pipeline.tasks.catalogue import TaskType
from pipeline.tasks.challenge import (
    CSV_FOLDER,
    REQUIRED_COLUMNS,
    TASK_NAMES,
    csv_files,
    missing_columns,
    relative_path,
    unreadable_csv,
)
from pipeline.tasks.defects import Defect
from pipeline.tasks.labels import BOX_COLUMNS
from pipeline.tasks.samples import read_image

Row = dict[str, Any]
TYPES = {name: kind for kind, name in TASK_NAMES.items()}


@dataclass
class TrueTask:
    """One task's rows, by file and number; `skipped` counts by reason those that are not scored."""

    id: str
    type: TaskType
    num_classes: int
    rows: pd.DataFrame
    skipped: Counter[str] = field(default_factory=Counter)


def _table(file: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(file)
    except ValueError as error:  # of any kind: pandas' own, and text that is not UTF-8
        raise unreadable_csv(file.name, error) from None
    if missing := [name for name in REQUIRED_COLUMNS if name not in table]:
        raise missing_columns(file.name, missing)
    table.index = pd.RangeIndex(1, len(table) + 1)
    return table


def _task(name: str, rows: pd.DataFrame) -> TrueTask | None:
    """Return a task as its first row describes it; None if that is none of the challenge's types.

    A segmentation without a class beside the background cannot be scored either.
    """
    kind = TYPES.get(str(rows["task_name"].iloc[0]))
    classes = re.fullmatch(r"(\d+)(\.0)?", str(rows["num_classes"].iloc[0]))
    if kind is None or classes is None or int(classes[1]) < (2 if kind == "segmentation" else 1):
        return None
    return TrueTask(name, kind, int(classes[1]), rows)


def read_labelled(root: Path) -> tuple[list[TrueTask], dict[str, int]]:
    """Return the tasks of all CSV files, sorted, and the rows of those of no known type, by task.

    Raises StudyError when there is no CSV file, or one cannot be read or lacks a column.
    """
    files = csv_files(root)
    if not files:
        raise StudyError(f"DATA: no {CSV_FOLDER}/*.csv; name the folder that holds {CSV_FOLDER}/")
    table = pd.concat({file.name: _table(file) for file in files})
    if "num_classes" not in table:
        raise StudyError(
            f"{CSV_FOLDER}: no column num_classes; the challenge's evaluator needs it: add the "
            "number of classes with the background, or of landmarks, and 1 for detection"
        )
    tasks, ignored = [], {}
    for name, rows in table.groupby("task_id", sort=True):
        task = _task(str(name), rows)
        if task is None:
            ignored[str(name)] = len(rows)
        else:
            tasks.append(task)
    return tasks, ignored


def _given(row: Row, name: str) -> bool:
    return name in row and bool(pd.notna(row[name]))


def _mask(row: Row, root: Path) -> bytes:
    if not _given(row, "mask_path"):
        raise Defect("no_label", "mask_path is empty")
    mask = read_mask(root / relative_path(str(row["mask_path"]), "mask_path"))
    if mask is None:
        raise Defect("unreadable_mask", "the mask is missing or is no image")
    return encode_png(mask)


def _class(row: Row) -> int:
    if not _given(row, "mask"):
        raise Defect("no_label", "the class is missing")
    try:
        return int(row["mask"])
    except (ValueError, OverflowError):
        raise Defect("not_numeric", "the class is not a number") from None


def _box(row: Row) -> list[float]:
    if not all(_given(row, name) for name in BOX_COLUMNS):
        raise Defect("box_incomplete", "a side of the box is missing")
    try:
        return [float(row[name]) for name in BOX_COLUMNS]
    except ValueError:
        raise Defect("not_numeric", "a side of the box is not a number") from None


def _points(row: Row, landmarks: int) -> list[float]:
    """Return x, y of each landmark, flat; 0, 0 where it is missing."""
    points: list[float] = []
    for number in range(1, landmarks + 1):
        name = f"point_{number}_xy"
        try:
            pair = json.loads(row[name]) if _given(row, name) else [0.0, 0.0]
            points += [float(value) for value in pair]
        except (TypeError, ValueError, OverflowError):
            raise Defect("landmark_malformed", "a landmark is not a JSON pair") from None
    if len(points) != 2 * landmarks:
        raise Defect("landmark_malformed", "a landmark is not a JSON pair")
    return points


def _size(row: Row, root: Path) -> dict[str, float]:
    """Return the image's height and width, not numbers if it cannot be read: a label can stand."""
    try:
        height, width = read_image(root / relative_path(str(row["image_path"]))).shape[:2]
    except Defect:
        return {"height": math.nan, "width": math.nan}
    return {"height": height, "width": width}


def _label(task: TrueTask, row: Row, root: Path) -> Row:
    match task.type:
        case "segmentation":
            return {"mask": _mask(row, root)}
        case "classification":
            return {"label": _class(row)}
        case "detection":
            return {"box": _box(row)}
        case "regression":
            return {"points": _points(row, task.num_classes), **_size(row, root)}


def _is_labelled(task: TrueTask) -> bool:
    """Say whether a task's table has any landmark: a missing one alone would count as (0, 0)."""
    names = [f"point_{number}_xy" for number in range(1, task.num_classes + 1)]
    given = [bool(task.rows[name].notna().any()) for name in names if name in task.rows]
    return task.type != "regression" or any(given)


def truth_of(task: TrueTask, root: Path) -> Iterator[Row]:
    """Yield each row that can be scored: `line`, `image_path`, `mask_path` and its label.

    `line` is the CSV file and the row's number there, from 1.
    """
    if not _is_labelled(task):
        task.skipped["no_label"] = len(task.rows)
        return
    for line, record in zip(task.rows.index, task.rows.to_dict("records"), strict=True):
        row: Row = {str(name): value for name, value in record.items()}
        try:
            label = _label(task, row, root)
        except Defect as defect:
            task.skipped[defect.reason] += 1
        else:
            paths = {name: row.get(name) for name in ("image_path", "mask_path")}
            yield {"line": line, **paths, **label}
