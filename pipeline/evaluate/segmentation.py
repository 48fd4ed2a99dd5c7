"""Dice and Hausdorff distance as the challenge's `evaluate.py` computes them.

Per image and class on the native-size mask; the task's score is the mean over images, then over
the classes other than background. Every image counts in every class, so the order of the two
means makes no difference.
"""

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import SimpleITK

from pipeline.evaluate.bootstrap import Floats, weighted_mean
from pipeline.io.images import Image

Region = npt.NDArray[np.bool_]

sitk: Any = SimpleITK  # its calls carry no types

# One thread: the masks are small, and jobs run side by side.
sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)


def dice(truth: Region, predicted: Region) -> float:
    """Return 2|A∩B| / (|A|+|B|); 1 when both regions are empty."""
    total = int(truth.sum()) + int(predicted.sum())
    return 2.0 * int((truth & predicted).sum()) / total if total else 1.0


def hausdorff(truth: Region, predicted: Region) -> float:
    """Return the greatest distance from a pixel of one region to the other region, in pixels.

    0 when both are empty; the image's diagonal when exactly one is, or when the filter fails.
    """
    diagonal = float(np.hypot(*truth.shape))
    if not truth.any() and not predicted.any():
        return 0.0
    if not truth.any() or not predicted.any():
        return diagonal
    distance = sitk.HausdorffDistanceImageFilter()
    try:
        distance.Execute(
            sitk.GetImageFromArray(predicted.astype(np.uint8)),
            sitk.GetImageFromArray(truth.astype(np.uint8)),
        )
    except RuntimeError:
        return diagonal
    return float(distance.GetHausdorffDistance())


def _at_size_of(mask: Image, truth: Image) -> Image:
    if mask.shape == truth.shape:
        return mask
    size = (truth.shape[1], truth.shape[0])
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def segmentation_scores(
    pairs: Iterable[tuple[Image, Image]], num_classes: int, weights_DN: Floats
) -> dict[str, Floats]:
    """Return `dice` and `hausdorff` of each draw.

    Args:
        pairs: the true and the predicted mask (class indices) of each image; read one by one.
        num_classes: classes including background.
        weights_DN: how often each image counts in each draw.
    """
    dice_N, hausdorff_N = [], []
    classes = range(1, num_classes)
    for truth, mask in pairs:
        predicted = _at_size_of(mask, truth)
        regions = [(truth == index, predicted == index) for index in classes]
        dice_N.append(np.mean([dice(*pair) for pair in regions]))
        hausdorff_N.append(np.mean([hausdorff(*pair) for pair in regions]))
    return {
        "dice": weighted_mean(np.array(dice_N, np.float64), weights_DN),
        "hausdorff": weighted_mean(np.array(hausdorff_N, np.float64), weights_DN),
    }
