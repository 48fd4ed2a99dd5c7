"""Training batches: which samples, in which order, as tensors."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from pipeline.io.samples import TaskSamples
from pipeline.io.seeds import generator

# image (uint8, BHW) and, as the task has them, label, box, points and visible, mask.
Batch = dict[str, Tensor]


def to_batch(samples: TaskSamples, rows: npt.NDArray[np.int64] | None = None) -> Batch:
    """Return the samples at `rows` (all by default) as tensors."""
    arrays = {
        "image": samples.images_NHW,
        "label": samples.labels_N,
        "box": samples.boxes_N4,
        "points": samples.points_NK2,
        "visible": samples.visible_NK,
        "mask": None if samples.masks_NHW is None else samples.masks_NHW.astype(np.int64),
    }
    return {
        name: torch.from_numpy(array if rows is None else array[rows])
        for name, array in arrays.items()
        if array is not None
    }


def batch_rows(
    count: int, batch_size: int, *stream: object, seed: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Yield row numbers for endless batches: every row once per epoch, in a new order each."""
    pending = np.empty(0, np.int64)
    rng = generator(seed, "batches", *stream)
    while True:
        while len(pending) < batch_size:
            pending = np.concatenate([pending, rng.permutation(count)])
        yield pending[:batch_size]
        pending = pending[batch_size:]


def task_order(tasks: tuple[str, ...], steps_per_task: int, seed: int) -> Iterator[str]:
    """Yield the task of every step: each task once per round, in a random order.

    This is the challenge baseline's uniform task sampler with its chance taken out: each task
    gets exactly `steps_per_task` steps under every strategy.
    """
    rng = generator(seed, "tasks", *tasks)
    for _ in range(steps_per_task):
        yield from (tasks[index] for index in rng.permutation(len(tasks)))
