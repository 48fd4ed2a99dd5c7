"""Test labels and predictions, read, checked and matched sample by sample."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import StudyError
from pipeline.evaluate.bootstrap import Floats, resampling_weights
from pipeline.io.predictions import PREDICTIONS
from pipeline.io.seeds import generator
from pipeline.io.tables import read_arrow
from pipeline.tasks.catalogue import Task
from pipeline.tasks.tables import TEST_LABELS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LabelledTask:
    """One task's labelled test images, in the table's order, and their weight in each draw."""

    task: Task
    rows: tuple[Row, ...]
    weights_DN: Floats


def read_test_set(path: Path, catalogue: Mapping[str, Task], seed: int, draws: int) -> LabelledTask:
    """Read one task's test labels and draw its resampling weights.

    The weights depend on the study's seed, the task and its groups alone, so every model of a
    task is judged on the same draws and differences between models are paired.
    """
    rows = read_arrow(path, TEST_LABELS).to_pylist()
    if not rows:
        raise StudyError(f"{path}: no test label; rebuild the tasks phase")
    task = catalogue[rows[0]["task"]]
    random = generator(seed, "evaluate", task.id)
    weights_DN = resampling_weights([row["group"] for row in rows], draws, random)
    return LabelledTask(task, tuple(rows), weights_DN)


def _length(task: Task) -> int:
    return {"classification": task.num_classes, "detection": 4}.get(task.type, 2 * task.num_classes)


def _is_answer(row: Row, task: Task) -> bool:
    """Whether a prediction holds what its task asks for, all numbers finite."""
    if task.type == "segmentation":
        return row["mask"] is not None
    column = {"classification": "probs", "detection": "box", "regression": "points"}[task.type]
    values = row[column]
    return (
        values is not None
        and len(values) == _length(task)
        and all(value is not None and math.isfinite(value) for value in values)
    )


def read_predictions(path: Path, tests: Mapping[str, LabelledTask]) -> dict[str, dict[str, Row]]:
    """Return the predictions of a file by task and sample.

    Raises StudyError when one is given twice, is for no known test image, or is malformed.
    """
    samples = {name: {row["sample"] for row in test.rows} for name, test in tests.items()}
    found: dict[str, dict[str, Row]] = {}
    for row in read_arrow(path, PREDICTIONS).to_pylist():
        task, sample = row["task"], row["sample"]
        if sample not in samples.get(task, ()):
            raise StudyError(f"{path}: task {task}: a prediction is for no test image")
        if sample in found.setdefault(task, {}):
            raise StudyError(f"{path}: task {task}: two predictions for sample {sample}")
        if not _is_answer(row, tests[task].task):
            raise StudyError(
                f"{path}: task {task}, sample {sample}: not a complete, finite "
                f"{tests[task].task.type} prediction"
            )
        found[task][sample] = row
    return found


def match(test: LabelledTask, predictions: Mapping[str, Row]) -> list[Row | None]:
    """Return the prediction for each image of the test set, None where there is none.

    In classification it names the class, `guess`: that of the greatest probability, the first of
    equals.
    """
    found = [predictions.get(row["sample"]) for row in test.rows]
    if test.task.type != "classification":
        return found
    return [
        None if row is None else {**row, "guess": int(np.argmax(row["probs"]))} for row in found
    ]
