"""Train one unit of tasks and predict its test images.

python -m pipeline.finetune.train [--input encoder F] --input train TAR... --input val TAR...
    --input test TAR... --output predictions F --output model F --output curve F
    --output provenance F
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from pipeline.errors import StudyError
from pipeline.finetune.augment import augment
from pipeline.finetune.batches import (
    batch_rows,
    nested_fraction,
    shuffle_labels,
    task_order,
    to_batch,
)
from pipeline.finetune.losses import task_loss
from pipeline.finetune.model import UnitModel
from pipeline.finetune.params import TrainingParams
from pipeline.finetune.predict import predict
from pipeline.io.atomic import write_text
from pipeline.io.encoders import Architecture, build_encoder, load_encoder, state_arrays
from pipeline.io.predictions import write_predictions
from pipeline.io.samples import TaskSamples, read_samples
from pipeline.io.seeds import derive_seed
from pipeline.io.tensors import write_tensors
from pipeline.step import Job
from pipeline.tasks.catalogue import Task, load_catalogue

PROGRESS_SECONDS = 5.0
Samples = Mapping[str, TaskSamples]


@dataclass(frozen=True)
class Unit:
    """What is trained: its tasks, the strategy that formed it, the share of data, the repeat."""

    tasks: tuple[str, ...]
    strategy: str
    fraction: float
    seed: int
    shuffled_labels: bool = False


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
    train: Samples,
    val: Samples,
    params: TrainingParams,
    seed: int,
    progress: Callable[[str], None],
) -> list[dict[str, Any]]:
    """Train on single-task batches; return the learning curve, one row per point and task."""
    catalogue = load_catalogue()
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
            task_id in params.augment.mirror_tasks,
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


def _check_tasks(samples: Samples, tasks: Sequence[str], split: str) -> None:
    if missing := [task for task in tasks if task not in samples]:
        raise StudyError(f"the {split} shards of {missing} hold no sample; rebuild the tasks phase")


def finetune(
    params: TrainingParams,
    unit: Unit,
    architecture: Architecture,
    encoder_path: Path | None,
    seed: int,
    train_paths: Sequence[Path],
    val_paths: Sequence[Path],
    test_paths: Sequence[Path],
    predictions_path: Path,
    model_path: Path,
    curve_path: Path,
    progress: Callable[[str], None] = print,
) -> dict[str, float]:
    """Train a unit from `encoder_path` (or from scratch when None) and predict its test images.

    Returns the mean losses at the end. `seed` is the study's; `unit.seed` tells repeats apart.
    """
    torch.set_num_threads(params.threads)
    torch.use_deterministic_algorithms(True)
    seed = derive_seed(seed, "finetune", unit.seed)
    if encoder_path is None:
        encoder = build_encoder(architecture, derive_seed(seed, "encoder"))
    else:
        encoder, architecture = load_encoder(encoder_path)
    train, val, test = (
        read_samples(paths, architecture.image_size)
        for paths in (train_paths, val_paths, test_paths)
    )
    for split, samples in (("train", train), ("val", val), ("test", test)):
        _check_tasks(samples, unit.tasks, split)
    train = {task: nested_fraction(train[task], unit.fraction, task) for task in unit.tasks}
    if unit.shuffled_labels:
        train = {task: shuffle_labels(train[task], seed, "train", task) for task in unit.tasks}
        val = {task: shuffle_labels(val[task], seed, "val", task) for task in unit.tasks}

    tasks = [load_catalogue()[task] for task in unit.tasks]
    moe = params.moe if unit.strategy in params.moe.enabled_for else None
    model = UnitModel(encoder, architecture, tasks, moe, params.decoder_width, seed)
    curve = pd.DataFrame(fit(model, train, val, params, seed, progress))

    rows = [row for task in tasks for row in predict(model, task, test[task.id])]
    write_predictions(rows, predictions_path)
    about = {
        "architecture": asdict(architecture),
        "tasks": list(unit.tasks),
        "moe": None if moe is None else moe.model_dump(mode="json"),
        "decoder_width": params.decoder_width,
    }
    write_tensors(model_path, state_arrays(model), about)
    write_text(curve_path, curve.to_csv(index=False, float_format="%.6f"))
    last = curve[curve["step"] == curve["step"].max()]
    return {
        "train_loss": float(last["train_loss"].mean()),
        "val_loss": float(last["val_loss"].mean()),
    }


def main() -> None:
    """Run as a job; the `workflow.*` values say which unit."""
    with Job.from_command_line() as job:
        encoder = job.value("workflow.encoder")
        values = {
            f"pretrain.{key}": job.value(f"pretrain.{key}")
            for key in (
                "arch",
                "arch_options",
                "image_size",
                "in_chans",
                "pixel_mean",
                "pixel_std",
            )
        }
        unit = Unit(
            tasks=tuple(job.value("workflow.tasks")),
            strategy=job.value("workflow.strategy"),
            fraction=float(job.value("workflow.fraction")),
            seed=int(job.value("workflow.seed")),
            shuffled_labels=encoder == "control-shuffled-labels",
        )
        metrics = finetune(
            TrainingParams.model_validate(job.value("finetune.training")),
            unit,
            Architecture.from_values(values),
            encoder_path=None if encoder == "scratch" else job.input("encoder"),
            seed=job.seed,
            train_paths=job.inputs("train"),
            val_paths=job.inputs("val"),
            test_paths=job.inputs("test"),
            predictions_path=job.output("predictions"),
            model_path=job.output("model"),
            curve_path=job.output("curve"),
            progress=job.progress,
        )
        job.log_metrics(metrics)


if __name__ == "__main__":
    main()
