"""What a probe learns per task type, as plain number arrays, and how its answers read."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import encode_png
from pipeline.io.samples import TaskSamples
from pipeline.tasks.catalogue import Task

Floats = npt.NDArray[np.float64]


def patch_shares(masks_NHW: npt.NDArray[np.uint8], side: int, classes: int) -> Floats:
    """Return each class's share of each patch, `NPK`, for a grid of `side` x `side` patches."""
    count, height, width = masks_NHW.shape
    cells = masks_NHW.reshape(count, side, height // side, side, width // side)
    shares = [(cells == k).mean(axis=(2, 4)).reshape(count, -1) for k in range(classes)]
    return np.stack(shares, axis=-1)


def coordinates(samples: TaskSamples) -> Floats:
    """Return the box or the landmarks as rows of numbers in [0, 1], `NC`; NaN where missing."""
    if samples.boxes_N4 is not None:
        return samples.boxes_N4.astype(np.float64)
    assert samples.points_NK2 is not None and samples.visible_NK is not None
    points = np.where(samples.visible_NK[..., None], samples.points_NK2, np.nan)
    return points.reshape(len(samples), -1).astype(np.float64)


def one_hot(labels_N: npt.NDArray[np.int64], classes: int) -> Floats:
    """Return `NK`."""
    return np.eye(classes)[labels_N]


def native_mask(shares_PK: Floats, height: int, width: int) -> bytes:
    """Spread a patch grid's class scores over the native image, then choose; return the PNG."""
    side = round(len(shares_PK) ** 0.5)
    grid_KHW = shares_PK.T.reshape(-1, side, side)
    native_KHW = np.stack([cv2.resize(grid, (width, height)) for grid in grid_KHW])
    return encode_png(native_KHW.argmax(axis=0).astype(np.uint8))


def answer(task: Task, output: Floats, height: int, width: int) -> dict[str, Any]:
    """Turn a probe's output for one image into the prediction columns of its type."""
    match task.type:
        case "classification":
            return {"probs": output.tolist()}
        case "detection":
            return {"box": (output.clip(0, 1) * [width, height, width, height]).tolist()}
        case "regression":
            return {"points": (output.reshape(-1, 2) * [width, height]).ravel().tolist()}
        case "segmentation":
            return {"mask": native_mask(output, height, width)}
