"""The control that has learnt nothing but the average: what any model must beat.

python -m pipeline.finetune.controls --input catalogue F --input train TAR... --input test TAR...
    --output predictions F --output provenance F
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.io.images import encode_png, resize_labels
from pipeline.io.predictions import write_predictions
from pipeline.io.samples import TaskSamples, read_samples
from pipeline.step import Job
from pipeline.tasks.catalogue import Task, load_catalogue

# Side of the grid on which masks are averaged.
GRID = 64
THRESHOLDS = np.linspace(0.02, 0.98, 49)


def best_constant_mask(masks_NHW: npt.NDArray[np.uint8], classes: int) -> npt.NDArray[np.uint8]:
    """Return the one mask `HW` that fits all training masks well by Dice.

    A class covers the pixels where its share of the training masks exceeds a threshold, the one
    with the best mean Dice. (The commonest class of each pixel would be background everywhere
    for most lesions: too weak a control.) Where classes overlap, the one furthest above its
    threshold wins.
    """
    margin_KHW = np.zeros((classes, *masks_NHW.shape[1:]))
    for k in range(1, classes):
        truth_NHW = masks_NHW == k
        share_HW = truth_NHW.mean(axis=0)
        covered_THW = share_HW > THRESHOLDS[:, None, None]
        overlap_TN = np.einsum("thw,nhw->tn", covered_THW, truth_NHW, dtype=np.float64)
        total_TN = covered_THW.sum(axis=(1, 2))[:, None] + truth_NHW.sum(axis=(1, 2))
        dice_T = np.where(total_TN > 0, 2 * overlap_TN / np.maximum(total_TN, 1), 1).mean(axis=1)
        margin_KHW[k] = share_HW / THRESHOLDS[dice_T.argmax()] - 1
    return np.asarray(margin_KHW.argmax(axis=0), np.uint8)


def constant_answer(task: Task, train: TaskSamples) -> dict[str, Any]:
    """Return one answer for a whole task, positions as shares of the image.

    Classification: each class's share of the training set. Detection: the mean box. Regression:
    the mean of each visible landmark. Segmentation: the mask of the best mean Dice.
    """
    if train.labels_N is not None:
        counts = np.bincount(train.labels_N, minlength=task.num_classes)
        return {"probs": counts / counts.sum()}
    if train.boxes_N4 is not None:
        return {"box": train.boxes_N4.mean(axis=0)}
    if train.points_NK2 is not None and train.visible_NK is not None:
        seen_NK1 = train.visible_NK[..., None]
        points_K2 = (train.points_NK2 * seen_NK1).sum(axis=0) / seen_NK1.sum(axis=0).clip(min=1)
        return {"points": points_K2}
    assert train.masks_NHW is not None, f"{task.id}: the training shards hold no labels"
    return {"mask": best_constant_mask(train.masks_NHW, task.num_classes)}


def to_native(answer: dict[str, Any], height: int, width: int) -> dict[str, Any]:
    """Return an answer in the pixels of an image of this size."""
    match answer:
        case {"probs": probs}:
            return {"probs": probs.tolist()}
        case {"box": box}:
            return {"box": (box * [width, height, width, height]).tolist()}
        case {"points": points}:
            return {"points": (points * [width, height]).ravel().tolist()}
        case _:
            return {"mask": encode_png(resize_labels(answer["mask"], height, width))}


def predict_constant(
    tasks: Sequence[str],
    catalogue_path: Path,
    train_paths: Sequence[Path],
    test_paths: Sequence[Path],
    predictions_path: Path,
) -> None:
    """Write the constant answer of each task for all of its test images."""
    catalogue = load_catalogue(catalogue_path)
    train, test = read_samples(train_paths, GRID), read_samples(test_paths, GRID)
    rows = []
    for task in tasks:
        answer = constant_answer(catalogue[task], train[task])
        for key, (height, width) in zip(test[task].keys, test[task].sizes_N2.tolist(), strict=True):
            rows.append({"task": task, "sample": key, **to_native(answer, height, width)})
    write_predictions(rows, predictions_path)


def main() -> None:
    """Run as a job; `workflow.tasks` names the tasks."""
    with Job.from_command_line() as job:
        predict_constant(
            job.value("workflow.tasks"),
            catalogue_path=job.input("catalogue"),
            train_paths=job.inputs("train"),
            test_paths=job.inputs("test"),
            predictions_path=job.output("predictions"),
        )


if __name__ == "__main__":
    main()
