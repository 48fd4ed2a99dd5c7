"""Which metrics a task has, which of them is its main one, and which way is better."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from pipeline.evaluate.bootstrap import Floats
from pipeline.evaluate.classification import classification_scores
from pipeline.evaluate.detection import detection_scores
from pipeline.evaluate.regression import regression_scores
from pipeline.evaluate.segmentation import segmentation_scores
from pipeline.io.images import decode_png
from pipeline.tasks.catalogue import Task, TaskType

MAIN_METRIC: dict[TaskType, str] = {
    "segmentation": "dice",
    "classification": "macro_f1",
    "detection": "iou",
    "regression": "mre",
}
LOWER_IS_BETTER = frozenset({"hausdorff", "mre"})

Rows = Sequence[Mapping[str, Any]]


def _stack(rows: Rows, column: str, kind: Any = np.float64) -> Any:
    return np.array([row[column] for row in rows], kind)


def measure(task: Task, truth: Rows, predicted: Rows, weights_DN: Floats) -> dict[str, Floats]:
    """Return every metric of a task, `scores_D`: first of the test set, then of each draw.

    Args:
        task: says which metrics apply.
        truth: rows of TEST_LABELS.
        predicted: rows of PREDICTIONS for the same samples, in the same order.
        weights_DN: how often each sample counts in each draw.
    """
    match task.type:
        case "segmentation":
            pairs = (
                (decode_png(true["mask"]), decode_png(guess["mask"]))
                for true, guess in zip(truth, predicted, strict=True)
            )
            return segmentation_scores(pairs, task.num_classes, weights_DN)
        case "classification":
            labels_N = _stack(truth, "label", np.int64)
            return classification_scores(labels_N, _stack(predicted, "probs"), weights_DN)
        case "detection":
            return detection_scores(_stack(truth, "box"), _stack(predicted, "box"), weights_DN)
        case "regression":
            shape = (len(truth), task.num_classes, 2)
            true_NK2 = _stack(truth, "points").reshape(shape)
            return regression_scores(
                true_NK2, _stack(predicted, "points").reshape(shape), weights_DN
            )
