"""Params of a training of seconds."""

from typing import Any

from pipeline.finetune.params import AugmentParams, MixtureParams, TrainingParams
from pipeline.io.encoders import Architecture

SMALL = Architecture("test_vit", 32, 1, 0.5, 0.25, {"patch_size": 8, "dynamic_img_size": True})
AUGMENT = AugmentParams(
    zoom=0.1,
    shift=0.05,
    brightness=0.2,
    contrast=0.2,
    noise=4.0,
    mirror_probability=0.5,
)
MIXTURE = MixtureParams(
    enabled_for=["clinical-groups", "all-tasks"], experts=2, layers="later-half", task_embedding=4
)


def training(**changes: Any) -> TrainingParams:
    values = {
        "threads": 1,
        "steps_per_task": 3,
        "batch_size": 8,
        "learning_rate": 1e-3,
        "head_rate_factor": 3.0,
        "warmup_share": 0.1,
        "weight_decay": 0.05,
        "clip_norm": 1.0,
        "decoder_width": 16,
        "curve_points": 2,
        "augment": AUGMENT,
        "moe": MIXTURE,
    }
    return TrainingParams.model_validate({**values, **changes})
