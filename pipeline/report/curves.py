"""Figures: what training looked like, step by step."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import get_args

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report.models import Model
from pipeline.report.style import (
    FAINT,
    report_style,
    strategy_colour,
    svg_uri,
    without_frame,
)
from pipeline.report.words import (
    CONTROL,
    SCRATCH,
    control_title,
    encoder_order,
    encoder_title,
    readable,
    strategy_order,
    strategy_title,
)
from pipeline.tasks.catalogue import Task, TaskType

PRETRAIN_TITLES = {
    "loss": "whole loss",
    "dino": "loss: whole image",
    "ibot": "loss: hidden patches",
    "koleo": "loss: spread",
    "feature_std": "spread of the features",
    "rankme": "directions in use (RankMe)",
}
PANELS_PER_ROW = 3
LOSSES = {"train_loss": "training", "val_loss": "validation"}


def _panel(axes: Axes, title: str) -> None:
    axes.set_title(title)
    axes.set_xlabel("step")
    axes.grid(True)
    without_frame(axes)


def pretrain_figure(curves: Sequence[pd.DataFrame], simulated: bool) -> str:
    """Return small multiples, one per column of the curves (beside `step`), as a data URI."""
    columns = [name for name in curves[0].columns if name != "step"]
    rows = -(-len(columns) // PANELS_PER_ROW)
    with report_style():
        figure = Figure(figsize=(10.5, 2.2 * rows + 0.3), layout="constrained")
        panels = figure.subplots(rows, PANELS_PER_ROW, squeeze=False).ravel()
        for axes, name in zip(panels, columns, strict=False):
            for curve in curves:
                axes.plot(curve["step"], curve[name], color=strategy_colour("all-tasks"))
            _panel(axes, PRETRAIN_TITLES.get(name, readable(name)))
        for axes in panels[len(columns) :]:
            axes.set_visible(False)
        return svg_uri(figure, simulated)


def read_curves(curves: Mapping[Model, Path], tasks: Mapping[str, Task]) -> pd.DataFrame:
    """Return all finetuning curves as one table.

    Columns: encoder, strategy, type (of the task), done (share of the training, 0 to 1),
    train_loss and val_loss; one row per point and task.
    """
    tables = []
    for model, path in curves.items():
        table = pd.read_csv(path)
        table["done"] = table["step"].rank(method="dense") / table["step"].nunique()
        table["type"] = [tasks[task].type for task in table["task"]]
        tables.append(table.assign(encoder=model.encoder, strategy=model.strategy))
    return pd.concat(tables, ignore_index=True)


def _line_style(encoder: str) -> str:
    if encoder.startswith(CONTROL):
        return ":"
    return "--" if encoder == SCRATCH else "-"


def _draw_losses(axes: Axes, table: pd.DataFrame, column: str) -> None:
    pairs = set(zip(table["encoder"], table["strategy"], strict=True))
    for encoder, strategy in sorted(
        pairs, key=lambda pair: (encoder_order(pair[0]), strategy_order(pair[1]))
    ):
        mine = table[(table["encoder"] == encoder) & (table["strategy"] == strategy)]
        mean = mine.groupby("done")[column].mean()
        colour = FAINT if encoder.startswith(CONTROL) else strategy_colour(strategy)
        name = control_title(encoder) if encoder.startswith(CONTROL) else encoder_title(encoder)
        label = f"{name}, {strategy_title(strategy)}"
        style = _line_style(encoder)
        axes.plot(100 * mean.index, mean, style, color=colour, linewidth=1.4, label=label)


def finetune_figure(table: pd.DataFrame, simulated: bool) -> str:
    """Return mean training and validation losses, a column of panels per task type.

    `table` is that of `read_curves`.
    """
    types = [name for name in get_args(TaskType) if name in set(table["type"])]
    with report_style():
        figure = Figure(figsize=(11.5, 5.6), layout="constrained")
        panels = figure.subplots(len(LOSSES), len(types), sharex=True, squeeze=False)
        for row, (column, title) in enumerate(LOSSES.items()):
            for axes, task_type in zip(panels[row], types, strict=True):
                _draw_losses(axes, table[table["type"] == task_type], column)
                _panel(axes, f"{task_type.capitalize()}: {title}")
                axes.set_xlabel("% of training" if row == len(LOSSES) - 1 else "")
        handles, labels = panels[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=3)
        return svg_uri(figure, simulated)
