"""Data scale: the score of every task, and of every strategy on average, by share of the data."""

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.report.scores import Column, ScoreTable, find_columns, score_table
from pipeline.report.style import FAINT, report_style, strategy_colour, svg_uri, without_frame
from pipeline.report.words import CONSTANT, MAIN_METRICS, SCRATCH, control_title, strategy_title
from pipeline.tasks.catalogue import Task, TaskType


def has_scale(results: pd.DataFrame) -> bool:
    """Return whether models were trained on more than one share of the data."""
    return bool(results["fraction"].nunique() > 1)


def scale_table(results: pd.DataFrame, tasks: Mapping[str, Task]) -> ScoreTable:
    """Lay out the learning curve of every task: a column for each share of its training data.

    `results` are the numbered rows of one seed. The models are those trained on one task alone, or
    under the first strategy that the study has; the control that looks at no image comes last.
    """
    columns = find_columns(results)
    models = [each for each in columns if not (each.is_control or each.is_probe)]
    first = models[0].strategy
    shown = [replace(each, group=_heading(each)) for each in models if each.strategy == first]
    shares = [replace(each, title=f"{each.fraction:.0%} of the data") for each in shown]
    full = results["fraction"].max()
    constant = [each for each in columns if each.encoder == CONSTANT and each.fraction == full]
    table = score_table("scale", results, (*shares, *constant), tasks)
    return replace(table, tells_training=True)


def _heading(column: Column) -> str:
    return f"{column.group}, {strategy_title(column.strategy)}"


def scale_figure(results: pd.DataFrame, simulated: bool) -> str:
    """Return the mean main metric of each task type over the share of data, as a data URI."""
    types = [name for name in MAIN_METRICS if name in set(results["task_type"])]
    columns = [
        each
        for each in find_columns(results)
        if each.encoder == CONSTANT or not (each.is_probe or each.is_control)
    ]
    with report_style():
        figure = Figure(figsize=(11.5, 3.6), layout="constrained")
        panels = figure.subplots(1, len(types), squeeze=False)[0]
        for axes, task_type in zip(panels, types, strict=True):
            _draw_type(axes, results, columns, task_type)
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=3)
        return svg_uri(figure, simulated)


def _draw_type(
    axes: Axes, results: pd.DataFrame, columns: list[Column], task_type: TaskType
) -> None:
    metric = MAIN_METRICS[task_type]
    rows = results[(results["task_type"] == task_type) & (results["metric"] == metric.name)]
    for encoder, strategy in dict.fromkeys((each.encoder, each.strategy) for each in columns):
        mine = rows[(rows["encoder"] == encoder) & (rows["strategy"] == strategy)]
        means = mine.groupby("fraction")["value"].mean()
        if encoder == CONSTANT and len(means):
            axes.axhline(means.iloc[-1], color=FAINT, linestyle=":", label=control_title(encoder))
        elif len(means) > 1:
            (group,) = {each.group for each in columns if each.encoder == encoder}
            axes.plot(
                100 * means.index,
                means,
                "--o" if encoder == SCRATCH else "-o",
                color=strategy_colour(strategy),
                markersize=3.5,
                label=f"{group}, {strategy_title(strategy)}",
            )
    axes.set_xscale("log")
    shares = sorted(100 * share for share in results["fraction"].unique())
    axes.set_xticks(shares, [f"{share:g} %" for share in shares], minor=False)
    axes.set_xticks([], minor=True)
    unit = f" in {metric.unit}" if metric.unit else ""
    axes.set_title(f"{task_type.capitalize()}: {metric.title}{unit} {metric.arrow}")
    axes.set_xlabel("share of the training data")
    axes.grid(True)
    without_frame(axes)
