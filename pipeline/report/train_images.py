"""How many images of its task each model was trained on.

A share of a task's training images is taken in whole patients, with every class, so that its number
does not follow from the share; the curve of the training tells it. What has no curve, a probe or
the constant control, uses them all.
"""

import json

import pandas as pd

from pipeline.report.models import Model
from pipeline.report.sources import Sources


def train_images(metrics: pd.DataFrame, sources: Sources) -> list[int]:
    """Return, for each row of METRICS, the training images of its task that its model learnt from.

    Raises KeyError when a curve lacks a task of its model.
    """
    tasks = json.loads(sources.task_counts.read_text(encoding="utf-8"))["tasks"]
    curves = dict(zip(sources.models, sources.finetune_curves, strict=False))
    learnt = {
        (model, task): int(images)
        for model, path in curves.items()
        for task, images in pd.read_csv(path).groupby("task")["train_images"].first().items()
    }
    models = metrics[list(Model._fields)].itertuples(index=False, name=None)
    return [
        learnt[model, task] if (model := Model(*found)) in curves else int(tasks[task]["train"])
        for found, task in zip(models, metrics["task"], strict=True)
    ]
