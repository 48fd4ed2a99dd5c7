"""A tiny scored study: labels and predictions of one task of each type, as files."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.io.images import encode_png
from pipeline.io.predictions import write_predictions
from pipeline.io.tables import write_table
from pipeline.tasks.catalogue import Task, load_catalogue
from pipeline.tasks.tables import TEST_LABELS

NAMES = ("lung", "organ_cls", "thyroid_nodule_det", "FUGC")
TASKS = {name: load_catalogue()[name] for name in NAMES}
IMAGES, HEIGHT, WIDTH = 12, 30, 40
Row = dict[str, Any]


def truth(task: Task, index: int) -> Row:
    """Return the label of one test image; its place moves with `index`."""
    match task.type:
        case "segmentation":
            mask = np.zeros((HEIGHT, WIDTH), np.uint8)
            mask[index : index + 12, 5:20] = 1
            return {"mask": encode_png(mask)}
        case "classification":
            return {"label": index % task.num_classes}
        case "detection":
            return {"box": [index, 2.0, index + 12.0, 20.0]}
        case "regression":
            return {"points": [5.0 + index, 6.0, 20.0, 10.0 + index]}


def perfect(task: Task, index: int) -> Row:
    """Return the prediction that is the truth."""
    answer = truth(task, index)
    if task.type == "classification":
        return {"probs": np.eye(task.num_classes)[answer["label"]].tolist()}
    return answer


def constant(task: Task, _: int) -> Row:
    """Return the same prediction for every image."""
    return perfect(task, 3)


def write_labels(folder: Path) -> list[Path]:
    """Write the test labels of all four tasks; two images share a group."""
    paths = []
    for name, task in TASKS.items():
        rows = [
            {
                "task": name,
                "sample": f"s{index:02d}",
                "group": f"g{index // 2}",
                "height": HEIGHT,
                "width": WIDTH,
            }
            | truth(task, index)
            for index in range(IMAGES)
        ]
        paths.append(folder / f"{name}.labels.parquet")
        write_table(rows, TEST_LABELS, paths[-1])
    return paths


def answers(
    rule: Callable[[Task, int], Row], tasks: Mapping[str, Task] = TASKS, images: int = IMAGES
) -> list[Row]:
    """Return prediction rows by a rule for the first `images` of each task."""
    return [
        {"task": name, "sample": f"s{index:02d}"} | rule(task, index)
        for name, task in tasks.items()
        for index in range(images)
    ]


def write_answers(path: Path, rows: list[Row]) -> Path:
    """Write prediction rows and return the path."""
    write_predictions(rows, path)
    return path
