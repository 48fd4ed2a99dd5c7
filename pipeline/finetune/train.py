"""Train one unit of tasks and predict its test images.

python -m pipeline.finetune.train [--input encoder F] --input catalogue F --input train TAR...
    --input val TAR... --input test TAR... --output predictions F --output model F --output curve F
    --output provenance F
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import torch

from pipeline.errors import StudyError
from pipeline.finetune.fraction import nested_fraction
from pipeline.finetune.loop import Samples, fit
from pipeline.finetune.model import UnitModel
from pipeline.finetune.params import TrainingParams
from pipeline.finetune.predict import predict
from pipeline.finetune.shuffle import shuffle_labels
from pipeline.io.atomic import write_text
from pipeline.io.encoders import Architecture, build_encoder, load_encoder, state_arrays
from pipeline.io.predictions import write_predictions
from pipeline.io.samples import read_samples
from pipeline.io.seeds import derive_seed
from pipeline.io.tensors import write_tensors
from pipeline.step import Job
from pipeline.tasks.catalogue import load_catalogue


@dataclass(frozen=True)
class Unit:
    """What is trained: its tasks, the strategy that formed it, the share of data, the repeat."""

    tasks: tuple[str, ...]
    strategy: str
    fraction: float
    seed: int
    shuffled_labels: bool = False


def _check_tasks(samples: Samples, tasks: Sequence[str], split: str) -> None:
    if missing := [task for task in tasks if task not in samples]:
        raise StudyError(f"the {split} shards of {missing} hold no sample; rebuild the tasks phase")


def finetune(
    params: TrainingParams,
    unit: Unit,
    architecture: Architecture,
    encoder_path: Path | None,
    seed: int,
    catalogue_path: Path,
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
    study_seed, seed = seed, derive_seed(seed, "finetune", unit.seed)
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
    train = {task: nested_fraction(train[task], unit.fraction, study_seed) for task in unit.tasks}
    if unit.shuffled_labels:
        train = {task: shuffle_labels(train[task], seed, "train", task) for task in unit.tasks}
        val = {task: shuffle_labels(val[task], seed, "val", task) for task in unit.tasks}

    catalogue = load_catalogue(catalogue_path)
    tasks = [catalogue[task] for task in unit.tasks]
    moe = params.moe if unit.strategy in params.moe.enabled_for else None
    model = UnitModel(encoder, architecture, tasks, moe, params.decoder_width, seed)
    curve = pd.DataFrame(fit(model, catalogue, train, val, params, seed, progress))

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
            Architecture.from_values(job.value),
            encoder_path=None if encoder == "scratch" else job.input("encoder"),
            seed=job.seed,
            catalogue_path=job.input("catalogue"),
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
