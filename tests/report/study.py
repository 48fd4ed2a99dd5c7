"""A small finished study, made up: every input of the report, with learnable-looking numbers."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np
import pandas as pd

from pipeline.evaluate.tables import METRICS, TRANSFER
from pipeline.ingest.tables import QUARANTINE
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import encode_png
from pipeline.io.predictions import write_predictions
from pipeline.io.seeds import generator
from pipeline.io.shards import open_shard
from pipeline.io.tables import write_table
from pipeline.report.models import Model
from pipeline.report.sources import Sources
from pipeline.report.words import MAIN_METRICS
from pipeline.tasks.catalogue import CATALOGUE, Task, load_catalogue
from pipeline.tasks.strategies import Strategy, units_of
from pipeline.tasks.tables import TEST_LABELS

TASKS = load_catalogue()
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
ENCODERS = ("dino-test_vit", "scratch")
HEIGHT, WIDTH, SAMPLES = 48, 64, 3
ALL_TRAINING = 99
SKILL = {
    "dino-test_vit": 0.75,
    "scratch": 0.6,
    "control-shuffled-labels": 0.3,
    "control-constant": 0.3,
}


def trained_models() -> list[Model]:
    grid = [
        Model(encoder, strategy, unit, 1.0, 0)
        for encoder in ENCODERS
        for strategy in STRATEGIES
        for unit in units_of(strategy, TASKS)
    ]
    return [*grid, Model("control-shuffled-labels", "all-tasks", "all", 1.0, 0)]


def scored_models() -> list[Model]:
    probes = [
        Model(encoder, f"probe-{protocol}", task, 1.0, 0)
        for encoder in ENCODERS
        for task in TASKS
        for protocol in ("knn", "linear")
    ]
    constant = Model("control-constant", "all-tasks", "all", 1.0, 0)
    return [*trained_models(), constant, *probes]


def tasks_of(model: Model) -> tuple[str, ...]:
    if model.strategy.startswith("probe-"):
        return (model.unit,)
    return units_of(cast("Strategy", model.strategy), TASKS)[model.unit]


def trained_on(model: Model, task: str) -> int:
    """Training images of a task; what has no curve uses all of them."""
    has_curve = not (model.strategy.startswith("probe-") or model.encoder == "control-constant")
    return len(task) + len(model.unit) if has_curve else ALL_TRAINING


def identity(model: Model, task: Task) -> dict[str, Any]:
    kind = {"task_type": str(task.type), "organ": task.organ}
    return {**model._asdict(), "task": task.id, **kind, "metric": MAIN_METRICS[task.type].name}


def metric_rows() -> Iterator[dict[str, Any]]:
    for model in scored_models():
        for name in tasks_of(model):
            task = TASKS[name]
            skill = SKILL[model.encoder] + float(generator(1, *model, name).normal(0, 0.08))
            skill = min(max(skill, 0.02), 0.98)
            in_pixels = task.type == "regression"
            value, spread = (60 * (1 - skill), 4.0) if in_pixels else (skill, 0.06)
            row = identity(model, task) | {
                "value": value,
                "ci_low": value - spread,
                "ci_high": min(value + spread, 99.0 if in_pixels else 1.0),
                "n_train": trained_on(model, name),
                "n_test": SAMPLES,
                "predictions_sha256": sha256_bytes(repr(model).encode()),
            }
            yield row
            if task.type == "segmentation":
                yield row | {"metric": "hausdorff", "value": 123456.789, "ci_low": 1e-7}


def transfer_rows() -> Iterator[dict[str, Any]]:
    for model in trained_models():
        if model.encoder in ENCODERS and model.strategy != "task-specific":
            for name in tasks_of(model):
                gain = float(generator(2, *model, name).normal(0, 0.08))
                gain *= 60 if TASKS[name].type == "regression" else 1
                yield identity(model, TASKS[name]) | {
                    "value": gain,
                    "ci_low": gain - 0.1,
                    "ci_high": gain + 0.1,
                    "shared_value": 0.5,
                    "specific_value": 0.5,
                    "n_test": SAMPLES,
                }


def blob(shift: int, classes: int) -> np.ndarray:
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for index in range(1, classes):
        centre = WIDTH * index / classes
        mask[(y - HEIGHT / 2) ** 2 + (x - centre - shift) ** 2 < 40] = index
    return mask


def answers(task: Task, shift: int) -> dict[str, Any]:
    """What is true of an image (shift 0) or answered to it, in the columns of both tables."""
    match task.type:
        case "segmentation":
            return {"mask": encode_png(blob(shift, task.num_classes))}
        case "classification":
            return {
                "label": 0,
                "probs": [0.6, *[0.4 / (task.num_classes - 1)] * (task.num_classes - 1)],
            }
        case "detection":
            return {"box": [10.0 + shift, 12.0, 40.0 + shift, 30.0]}
        case "regression":
            return {"points": [float(8 * n + 10 + shift) for n in range(2 * task.num_classes)]}


def sample_keys(task: Task) -> list[str]:
    return [sha256_bytes(f"{task.id}/{number}".encode())[:16] for number in range(SAMPLES)]


def write_task(task: Task, folder: Path) -> tuple[Path, Path]:
    labels, images = folder / f"{task.id}.parquet", folder / f"{task.id}.tar"
    size = {"height": HEIGHT, "width": WIDTH}
    truth = {name: value for name, value in answers(task, 0).items() if name != "probs"}
    keys = sample_keys(task)
    rows = [{"task": task.id, "sample": key, "group": key, **size, **truth} for key in keys]
    write_table([dict.fromkeys(TEST_LABELS.names) | row for row in rows], TEST_LABELS, labels)
    with open_shard(images) as shard:
        for key in keys:
            noise = generator(3, key).integers(0, 90, (HEIGHT, WIDTH)).astype(np.uint8)
            about = {"task": task.id, "sample": key, **size}
            image = noise + 60 * (blob(0, 3) > 0).astype(np.uint8)
            shard.add(key, {"image.png": encode_png(image), "json": json.dumps(about).encode()})
    return labels, images


def write_model_predictions(model: Model, path: Path) -> None:
    columns = {"mask", "probs", "box", "points"}
    write_predictions(
        [
            dict.fromkeys(columns)
            | {"task": name, "sample": key}
            | {
                column: value
                for column, value in answers(TASKS[name], 3).items()
                if column in columns
            }
            for name in tasks_of(model)
            for key in sample_keys(TASKS[name])
        ],
        path,
    )


def claim(kind: str, statement: str, verdict: str) -> dict[str, Any]:
    counts = {"tasks": 27, "better": 20, "clearly_better": 9, "clearly_worse": 1}
    arms = {"arm": {"encoder": "dino-test_vit"}, "reference": {"encoder": "scratch"}}
    share = {"supporting_tasks": 20, "share_ci_low": 0.537, "share_ci_high": 0.889}
    return {"kind": kind, "statement": statement, "verdict": verdict, **share, **counts, **arms}


CLAIMS = {
    "confidence": 0.95,
    "claims": [
        claim(
            "pretraining-helps", "Pretraining beats training from scratch on most tasks", "holds"
        ),
        claim("sharing-helps", "Sharing <one> model beats one model per task", "undecided"),
        claim("something-new", "A statement of a later version", "fails"),
    ],
}
LEAKAGE = {
    "rows": 1620,
    "images": 1500,
    "groups": 900,
    "largest_group_images": 12,
    "links": {
        kind: {"links": 70, "across_tasks": 60, "across_splits": 0, "across_splits_by_image": 41}
        for kind in ("same_picture", "near_duplicate", "same_patient_or_clip")
    },
    "groups_across_splits": 0,
    "test_rows_leaked": {
        "split_by_group": 0.0,
        "split_by_image": 0.31,
        "split_by_image_of_task": {"lung": 0.9, "cervix": 0.1},
    },
}


AUDIT = {"findings": 0, "searched_spellings": 5120, "frames_checked": 900, "tables_searched": 4}
FLOW = {
    "frames": 900,
    "dropped": {"near_duplicate": 100},
    "kept": {"train": 600, "val": 100, "test": 100},
    "patients": {"train": 30, "val": 5, "test": 5},
}
TASK_COUNTS = {
    "rows": 1640,
    "used": 1620,
    "quarantined": 20,
    "held_out": 0,
    "exclude_file": {"lines": 0, "unmatched_lines": []},
    "reasons": {"box_outside": 5, "missing_image": 15},
    "tasks": {name: {"train": ALL_TRAINING} for name in TASKS},
    "files": [{}] * 30,
}
QUARANTINED = [
    {
        "instance": "a",
        "source_sha256": "",
        "source_bytes": 1,
        "reason": reason,
        "detail": detail,
        "twin": "",
    }
    for reason, detail in (
        ("missing_attribute", "an attribute is missing: Rows"),
        ("missing_attribute", "an attribute is missing: Columns"),
        ("truncated", "the file ends early"),
    )
]


def summary() -> dict[str, Any]:
    found: dict[str, Any] = {}
    table = pd.DataFrame(metric_rows())
    means = table.groupby(["encoder", "strategy", "metric"])["value"].mean()
    for row in means.reset_index().to_dict("records"):
        place = found.setdefault(row["encoder"], {}).setdefault(row["strategy"], {})
        place.setdefault("fraction1.0", {})[row["metric"]] = row["value"]
    return found


def write_curves(model: Model, path: Path) -> None:
    rows = [
        {
            "step": 10 * step,
            "task": task,
            "train_images": trained_on(model, task),
            "train_loss": 1 / (step + 1),
            "val_loss": 1 / (step + 0.5),
        }
        for step in range(1, 9)
        for task in tasks_of(model)
    ]
    rows[0]["train_loss"] = None
    pd.DataFrame(rows).to_csv(path, index=False)


def write_study(folder: Path) -> Sources:
    """Write every input below `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, value in (
        ("claims", CLAIMS),
        ("summary", summary()),
        ("leakage", LEAKAGE),
        ("counts", {"discovered": 140, "accepted": 130}),
        ("audit", AUDIT),
        ("flow", FLOW),
        ("task_counts", TASK_COUNTS),
    ):
        (folder / f"{name}.json").write_text(json.dumps(value))
    write_table(metric_rows(), METRICS, folder / "metrics.parquet")
    write_table(transfer_rows(), TRANSFER, folder / "transfer.parquet")
    write_table(QUARANTINED, QUARANTINE, folder / "quarantine.parquet")
    steps = np.arange(1, 40)
    columns = {"loss": 3 / steps, "dino": 2 / steps, "ibot": 1 / steps, "rankme": steps}
    pd.DataFrame({"step": steps, **columns}).to_csv(folder / "pretrain.csv", index=False)
    curves, predictions = [], []
    for number, model in enumerate(scored_models()):
        predictions.append(folder / f"{number}.parquet")
        write_model_predictions(model, predictions[-1])
        if model in trained_models():
            curves.append(folder / f"{number}.csv")
            write_curves(model, curves[-1])
    written = [write_task(task, folder) for task in TASKS.values()]
    return Sources(
        models=tuple(scored_models()),
        metrics=folder / "metrics.parquet",
        transfer=folder / "transfer.parquet",
        claims=folder / "claims.json",
        summary=folder / "summary.json",
        pretrain_curves=(folder / "pretrain.csv",),
        finetune_curves=tuple(curves),
        predictions=tuple(predictions),
        labels=tuple(labels for labels, _ in written),
        images=tuple(images for _, images in written),
        ingest_counts=folder / "counts.json",
        quarantine=folder / "quarantine.parquet",
        audit=folder / "audit.json",
        flow=folder / "flow.json",
        leakage=folder / "leakage.json",
        task_counts=folder / "task_counts.json",
        catalogue=CATALOGUE,
    )
