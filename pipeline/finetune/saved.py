"""Finetuned models as `pipeline.finetune.train` saves them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from pipeline.errors import StudyError
from pipeline.finetune.model import UnitModel
from pipeline.finetune.params import MixtureParams
from pipeline.io.encoders import Architecture, build_encoder
from pipeline.io.tensors import read_note, read_tensors
from pipeline.tasks.catalogue import Task


def _described(path: Path) -> dict[str, Any]:
    """Return what a model's file says of it; raise StudyError when it is no finetuned model."""
    about: dict[str, Any] = json.loads(read_note(path))
    if not {"architecture", "tasks", "moe", "decoder_width"} <= set(about):
        raise StudyError(f"{path}: an encoder or another file, not a finetuned model")
    return about


def model_tasks(path: Path) -> list[str]:
    """Return the ids of the tasks that a saved model answers."""
    return list(_described(path)["tasks"])


def load_model(path: Path, catalogue: Mapping[str, Task]) -> UnitModel:
    """Build the model that a file describes and load its weights.

    Raises StudyError when its tasks are no longer those of the catalogue.
    """
    about = _described(path)
    architecture = Architecture(**about["architecture"])
    moe = None if about["moe"] is None else MixtureParams.model_validate(about["moe"])
    weights = {name: torch.from_numpy(array) for name, array in read_tensors(path).items()}
    try:
        tasks = [catalogue[task] for task in about["tasks"]]
        encoder = build_encoder(architecture, seed=0)
        model = UnitModel(encoder, architecture, tasks, moe, about["decoder_width"], seed=0)
        model.load_state_dict(weights, strict=True)
    except (KeyError, RuntimeError):
        raise StudyError(
            f"{path}: this model was trained for other tasks than the catalogue now has; train it "
            "anew"
        ) from None
    return model
