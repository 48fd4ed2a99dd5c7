"""The training loop of a unit: single-task batches, one optimiser, one learning curve."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from pipeline.finetune.augment import augment
from pipeline.finetune.batches import batch_rows, task_order, to_batch
from pipeline.finetune.losses import task_loss
from pipeline.finetune.model import UnitModel
from pipeline.finetune.params import TrainingParams
from pipeline.io.samples import TaskSamples
from pipeline.io.seeds import derive_seed
from pipeline.tasks.catalogue import Task

PROGRESS_SECONDS = 5.0
Samples = Mapping[str, TaskSamples]


@torch.no_grad()
def validation_loss(model: UnitModel, task: Task, samples: TaskSamples) -> float:
    """Return the mean loss over a task's validation images, unaugmented."""
    model.eval()
    batch = to_batch(samples)
    loss = task_loss(task, model(batch["image"], task.id), batch).item()
    model.train()
    return loss


class Schedule:
    """Linear warm-up, then a half cosine to 0, on every group's own peak rate."""

    def __init__(self, optimiser: torch.optim.Optimizer, steps: int, warmup_share: float) -> None:
        self._optimiser, self._steps = optimiser, steps
        self._warmup = max(1, round(steps * warmup_share))
        self._peaks = [group["lr"] for group in optimiser.param_groups]

    def set(self, step: int) -> None:
        """Set the rates for `step`."""
        if step < self._warmup:
            share = (step + 1) / self._warmup
        else:
            left = (step - self._warmup) / max(1, self._steps - self._warmup)
            share = (1 + np.cos(np.pi * left)) / 2
        for group, peak in zip(self._optimiser.param_groups, self._peaks, strict=True):
            group["lr"] = peak * share


def fit(
    model: UnitModel,
    catalogue: Mapping[str, Task],
    train: Samples,
    val: Samples,
    params: TrainingParams,
    seed: int,
    progress: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Train on single-task batches; return the learning curve, one row per point and task.

    `catalogue` holds the model's tasks, by their ids.
    """
    tasks = tuple(model.places)
    steps = params.steps_per_task * len(tasks)
    optimiser = torch.optim.AdamW(
        model.parameter_groups(params.learning_rate, params.head_rate_factor),
        weight_decay=params.weight_decay,
        fused=True,
    )
    schedule = Schedule(optimiser, steps, params.warmup_share)
    rows = {
        task: batch_rows(len(train[task]), params.batch_size, task, seed=seed) for task in tasks
    }
    randoms = {
        task: torch.Generator().manual_seed(derive_seed(seed, "augment", task)) for task in tasks
    }
    points = {
        round(steps * (point + 1) / params.curve_points) for point in range(params.curve_points)
    }
    losses: dict[str, list[float]] = defaultdict(list)
    curve: list[dict[str, Any]] = []
    model.train()
    started = shown = time.monotonic()
    for step, task_id in enumerate(task_order(tasks, params.steps_per_task, seed)):
        schedule.set(step)
        batch = augment(
            to_batch(train[task_id], next(rows[task_id])),
            catalogue[task_id].mirror_safe,
            params.augment,
            randoms[task_id],
        )
        loss = task_loss(catalogue[task_id], model(batch["image"], task_id), batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), params.clip_norm)
        optimiser.step()
        losses[task_id].append(loss.item())
        if step + 1 in points:
            curve += [
                {
                    "step": step + 1,
                    "task": task,
                    "train_images": len(train[task]),
                    "train_loss": float(np.mean(losses[task])) if losses[task] else None,
                    "val_loss": validation_loss(model, catalogue[task], val[task]),
                }
                for task in tasks
            ]
            losses.clear()
        if (now := time.monotonic()) - shown >= PROGRESS_SECONDS:
            shown = now
            progress(f"step {step + 1}/{steps}, loss {loss.item():.3f}, {now - started:.0f} s")
    return curve
