"""Tiny labelled tasks: one bright or dark disc on noise, and every kind of label of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.io.images import encode_png
from pipeline.io.shards import open_shard
from pipeline.tasks.catalogue import load_catalogue

SEGMENTATION, CLASSIFICATION = "thyroid_nodule", "breast_2cls"
DETECTION, REGRESSION = "thyroid_nodule_det", "FUGC"
FOUR_TYPES = (SEGMENTATION, CLASSIFICATION, DETECTION, REGRESSION)


def disc_sample(task: str, rng: np.random.Generator) -> tuple[dict[str, Any], np.ndarray, Any]:
    """Return (json, image, mask) of a random native size."""
    height, width = (int(side) for side in rng.integers(72, 120, 2))
    radius = float(rng.uniform(0.12, 0.25)) * min(height, width)
    cx, cy = rng.uniform(radius, width - radius), rng.uniform(radius, height - radius)
    bright = int(rng.integers(2))
    y, x = np.mgrid[:height, :width]
    disc = np.hypot(x - cx, y - cy) < radius
    level = 110 + (90 if bright or task != CLASSIFICATION else -90) * disc
    image = np.clip(level + rng.normal(0, 12, level.shape), 0, 255).astype(np.uint8)
    labels: dict[str, dict[str, Any]] = {
        "segmentation": {},
        "classification": {"label": bright},
        "detection": {"box": [cx - radius, cy - radius, cx + radius, cy + radius]},
        "regression": {"points": [[cx, cy], [cx + radius, cy]]},
    }
    kind = load_catalogue()[task].type
    described = {"task": task, "height": height, "width": width, **labels[kind]}
    return described, image, disc.astype(np.uint8) if kind == "segmentation" else None


def write_discs(path: Path, task: str, count: int, labelled: bool = True, seed: int = 0) -> Path:
    """Write a task shard; the same name gives the same samples."""
    rng = np.random.default_rng([seed, len(task), count])
    with open_shard(path) as shard:
        for number in range(count):
            described, image, mask = disc_sample(task, rng)
            if not labelled:
                described = {k: described[k] for k in ("task", "height", "width")}
                mask = None
            key = f"s{number:04d}"
            described |= {"sample": key, "group": f"patient{number // 2}"}
            parts = {"image.png": encode_png(image), "json": json.dumps(described).encode()}
            if mask is not None:
                parts["mask.png"] = encode_png(mask)
            shard.add(key, parts)
    return path


def write_splits(
    folder: Path, tasks: Sequence[str] = FOUR_TYPES, train: int = 24, val: int = 6, test: int = 8
) -> dict[str, list[Path]]:
    """Write the train, val and unlabelled test shards of some tasks."""
    counts = {"train": train, "val": val, "test": test}
    return {
        split: [
            write_discs(folder / task / f"{split}-0000.tar", task, count, split != "test", place)
            for task in tasks
        ]
        for place, (split, count) in enumerate(counts.items())
    }
