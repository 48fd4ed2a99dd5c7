"""Tiny finetuned models with random weights, in the project's own format."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from pipeline.finetune.model import UnitModel
from pipeline.finetune.params import MixtureParams
from pipeline.io.encoders import build_encoder, state_arrays
from pipeline.io.tensors import write_tensors
from pipeline.tasks.catalogue import Task, load_catalogue
from tests.finetune.settings import SMALL

NAMES = ("cardiac_multi", "organ_cls", "breast_2cls", "thyroid_nodule_det", "FUGC")
TASKS: dict[str, Task] = {name: load_catalogue()[name] for name in NAMES}


def save_random(
    path: Path, names: Sequence[str] = NAMES, moe: MixtureParams | None = None, seed: int = 0
) -> Path:
    """Write a model of random weights that answers the named tasks."""
    tasks = [TASKS[name] for name in names]
    model = UnitModel(build_encoder(SMALL, seed), SMALL, tasks, moe, 16, seed)
    about = {
        "architecture": asdict(SMALL),
        "tasks": list(names),
        "moe": None if moe is None else moe.model_dump(mode="json"),
        "decoder_width": 16,
    }
    write_tensors(path, state_arrays(model), about)
    return path
