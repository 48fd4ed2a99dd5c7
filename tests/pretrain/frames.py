"""Tiny unlabelled shards, and params for a training of seconds."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io.images import encode_png
from pipeline.io.shards import open_shard
from pipeline.pretrain.params import PretrainParams

TINY: dict[str, Any] = {
    "method": "dino",
    "arch": "test_vit",
    "arch_options": {"patch_size": 8, "dynamic_img_size": True},
    "image_size": 32,
    "in_chans": 1,
    "pixel_mean": 0.25,
    "pixel_std": 0.25,
    "threads": 1,
    "steps": 6,
    "batch_size": 4,
    "shuffle_buffer": 5,
    "local_crops": 2,
    "local_size": 16,
    "global_scale": [0.32, 1.0],
    "local_scale": [0.05, 0.32],
    "vertical_flip": 0.5,
    "horizontal_flip": 0.5,
    "jitter": 0.4,
    "jitter_probability": 0.8,
    "blur_probability": [1.0, 0.1, 0.5],
    "dino_weight": 1.0,
    "ibot_weight": 1.0,
    "koleo_weight": 0.1,
    "mask_probability": 0.5,
    "mask_ratio": [0.1, 0.5],
    "prototypes": 32,
    "head_hidden": 32,
    "head_bottleneck": 16,
    "centering": "centering",
    "student_temperature": 0.1,
    "teacher_temperature": [0.04, 0.07],
    "momentum": [0.9, 1.0],
    "learning_rate": 0.001,
    "final_learning_rate": 1e-6,
    "warmup_steps": 2,
    "weight_decay": [0.04, 0.2],
    "clip_norm": 3.0,
    "freeze_last_layer_steps": 1,
    "checkpoint_every": 2,
    "log_every": 2,
    "monitor_images": 8,
}


def tiny_params(**changes: Any) -> PretrainParams:
    return PretrainParams.model_validate({**TINY, **changes})


def write_frames(folder: Path, shards: int = 2, frames: int = 7) -> list[Path]:
    """Write shards of smooth random grey frames; frame (s, i) has top left pixel 16·s + i."""
    rng = np.random.default_rng(3)
    paths = []
    for number in range(shards):
        paths.append(folder / f"train-{number:04d}.tar")
        with open_shard(paths[-1]) as shard:
            for place in range(frames):
                coarse = rng.integers(0, 255, (6, 6), dtype=np.uint8)
                frame = np.asarray(cv2.resize(coarse, (44, 52)), np.uint8)
                frame[0, 0] = 16 * number + place
                shard.add(f"f{number}_{place:04d}", {"png": encode_png(frame), "json": b"{}"})
    splits = ["train"] * (shards * frames) + ["val"] * 3
    pq.write_table(pa.table({"split": splits}), folder / "index.parquet")
    return paths
