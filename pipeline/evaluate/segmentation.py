"""Dice and Hausdorff distance as the challenge's `evaluate.py` computes them, and two more.

Per image and class on the native-size mask; the task's score is the mean over images, then over
the classes other than background. Every image counts in every class, so the order of the two
means makes no difference.
"""

import math
from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import SimpleITK

from pipeline.evaluate.bootstrap import Floats
from pipeline.evaluate.surface import Region, surface_scores
from pipeline.io.images import Image

sitk: Any = SimpleITK  # its calls carry no types

# One thread: the masks are small, and jobs run side by side.
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)

OFFICIAL = ("dice", "hausdorff")
ONLY_STRICT = ("hd95", "surface_dice")


def dice(truth: Region, predicted: Region) -> float:
    """Return 2|A∩B| / (|A|+|B|); 1 when both regions are empty."""
    total = int(truth.sum()) + int(predicted.sum())
    return 2.0 * int((truth & predicted).sum()) / total if total else 1.0


def hausdorff(truth: Region, predicted: Region) -> float:
    """Return the greatest distance from a pixel of one region to the other region, in pixels.

    0 when both are empty; the image's diagonal when exactly one is, or when the filter fails.
    """
    if not truth.any() and not predicted.any():
        return 0.0
    if not truth.any() or not predicted.any():
        return diagonal(truth.shape)
    distance = sitk.HausdorffDistanceImageFilter()
    masks = [region.astype(np.uint8) for region in _cropped(truth, predicted)]
    try:
        distance.Execute(*(sitk.GetImageFromArray(mask) for mask in masks))
    except RuntimeError:
        return diagonal(truth.shape)
    return float(distance.GetHausdorffDistance())


def diagonal(shape: tuple[int, ...]) -> float:
    """Return the diagonal of an image of `shape` (height, width), in pixels."""
    return math.hypot(*shape)


def _cropped(truth: Region, predicted: Region) -> tuple[Region, Region]:
    """Return what holds all of both regions: their distances are the same, and found sooner."""
    either = truth | predicted
    rows, columns = np.flatnonzero(either.any(axis=1)), np.flatnonzero(either.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return truth[box], predicted[box]


def region_scores(truth: Region, predicted: Region, tolerance: float) -> dict[str, float]:
    """Return `dice`, `hausdorff`, `hd95` and `surface_dice` of one class in one image.

    The latter two follow the rules of the former where a region is empty.
    """
    found = {"dice": dice(truth, predicted), "hausdorff": hausdorff(truth, predicted)}
    if not truth.any() or not predicted.any():
        return found | {"hd95": found["hausdorff"], "surface_dice": found["dice"]}
    return found | surface_scores(*_cropped(truth, predicted), tolerance)


def worst_scores(truth: Image) -> dict[str, float]:
    """Return what an image without a prediction scores when that is counted as wrong."""
    distance = diagonal(truth.shape)
    return {"dice": 0.0, "hausdorff": distance, "hd95": distance, "surface_dice": 0.0}


def _at_size_of(mask: Image, truth: Image) -> Image:
    if mask.shape == truth.shape:
        return mask
    size = (truth.shape[1], truth.shape[0])
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def image_scores(truth: Image, mask: Image, num_classes: int, tolerance: float) -> dict[str, float]:
    """Return the mean of `region_scores` over the classes other than background."""
    predicted = _at_size_of(mask, truth)
    found = [
        region_scores(truth == index, predicted == index, tolerance)
        for index in range(1, num_classes)
    ]
    return {name: float(np.mean([one[name] for one in found])) for name in found[0]}


def segmentation_values(
    pairs: Iterable[tuple[Image, Image | None]], num_classes: int, tolerance: float
) -> dict[str, Floats]:
    """Return each image's scores by name; those of an image without a prediction are the worst.

    Args:
        pairs: the true and the predicted mask (class indices) of each image; read one by one.
        num_classes: classes including background; at least 2.
        tolerance: of surface Dice, in pixels.
    """
    found = [
        worst_scores(truth) if mask is None else image_scores(truth, mask, num_classes, tolerance)
        for truth, mask in pairs
    ]
    return {name: np.array([one[name] for one in found]) for name in (*OFFICIAL, *ONLY_STRICT)}
