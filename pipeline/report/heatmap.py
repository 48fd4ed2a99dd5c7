"""Figure: what sharing a model gains or costs each task."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pipeline.evaluate.bootstrap import is_clear
from pipeline.report.style import FAINT, INK, report_style, svg_uri, without_frame
from pipeline.report.words import (
    MAIN_METRICS,
    encoder_order,
    encoder_title,
    readable,
    strategy_order,
    strategy_title,
)
from pipeline.tasks.catalogue import Task

# Brown loses, green gains: told apart with every kind of colour vision.
COLOURS = colormaps["BrBG"]
ROW_INCHES = 0.27
Record = Mapping[Any, Any]


@dataclass(frozen=True)
class Layout:
    """Height of every task's row and of every clinical group's heading, from the top."""

    task_y: dict[str, float]
    group_y: dict[str, float]

    @property
    def bottom(self) -> float:
        """Lower edge of the last row."""
        return max(self.task_y.values()) + 0.5


def layout_rows(tasks: Mapping[str, Task]) -> Layout:
    """Put tasks below the heading of their clinical group, groups in the catalogue's order."""
    task_y: dict[str, float] = {}
    group_y: dict[str, float] = {}
    place = 0.0
    for group in dict.fromkeys(task.group for task in tasks.values()):
        group_y[group] = place
        for task in tasks.values():
            if task.group == group:
                place += 1
                task_y[task.id] = place
        place += 1.2
    return Layout(task_y, group_y)


def symmetric(values: pd.Series) -> Normalize:
    """Return a colour scale centred at zero that reaches the largest change on either side."""
    reach = float(values.abs().max()) if values.notna().any() else 0.0
    return Normalize(-(reach or 1.0), reach or 1.0)


def _draw_cell(axes: Axes, x: float, y: float, record: Record, norm: Normalize) -> None:
    colour = COLOURS(norm(record["value"]))
    axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=colour, edgecolor="white"))
    in_pixels = record["metric"] == MAIN_METRICS["regression"].name
    luminance = float(np.dot(colour[:3], (0.299, 0.587, 0.114)))
    axes.text(
        x,
        y,
        f"{record['value']:+.1f} px" if in_pixels else f"{record['value']:+.3f}",
        ha="center",
        va="center",
        size=7.5,
        weight="bold" if is_clear(record["ci_low"], record["ci_high"]) else "normal",
        color="white" if luminance < 0.5 else INK,
    )


def _draw_encoder(
    axes: Axes, table: pd.DataFrame, layout: Layout, strategies: list[str], norms: list[Normalize]
) -> None:
    for record in table.to_dict("records"):
        in_pixels = record["metric"] == MAIN_METRICS["regression"].name
        x, y = strategies.index(record["strategy"]), layout.task_y[record["task"]]
        _draw_cell(axes, x, y, record, norms[in_pixels])
    axes.set_xticks(range(len(strategies)), [strategy_title(name) for name in strategies])
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, len(strategies) - 0.5)
    without_frame(axes)


def _label_rows(axes: Axes, layout: Layout) -> None:
    axes.set_yticks(list(layout.task_y.values()), list(layout.task_y))
    axes.set_ylim(layout.bottom, 0.1)
    for group, y in layout.group_y.items():
        axes.annotate(
            readable(group),
            (0, y),
            xycoords=axes.get_yaxis_transform(),
            xytext=(-3, -1),
            textcoords="offset points",
            ha="right",
            va="center",
            color=FAINT,
            style="italic",
        )


def transfer_figure(transfer: pd.DataFrame, tasks: Mapping[str, Task], simulated: bool) -> str:
    """Return the heat map as a data URI.

    `transfer` has one row per encoder, strategy and task: `value` is the gain over the
    task-specific model in the main metric (positive is better), with `ci_low` and `ci_high`.
    """
    encoders = sorted(transfer["encoder"].unique(), key=encoder_order)
    strategies = sorted(transfer["strategy"].unique(), key=strategy_order)
    in_pixels = transfer["metric"] == MAIN_METRICS["regression"].name
    norms = [symmetric(transfer.loc[rows, "value"]) for rows in (~in_pixels, in_pixels)]
    layout = layout_rows(tasks)
    with report_style():
        figure = Figure(figsize=(9.5, layout.bottom * ROW_INCHES + 1.4), layout="constrained")
        panels = list(figure.subplots(1, max(len(encoders), 1), sharey=True, squeeze=False)[0])
        for axes, encoder in zip(panels, encoders, strict=False):
            table = transfer[transfer["encoder"] == encoder]
            _draw_encoder(axes, table, layout, strategies, norms)
            axes.set_title(encoder_title(encoder), pad=8)
        _label_rows(panels[0], layout)
        for norm, label in zip(norms, ("Dice, macro F1, IoU", "landmarks, pixels"), strict=True):
            bar = figure.colorbar(
                ScalarMappable(norm, COLOURS), ax=panels, shrink=0.3, aspect=20, pad=0.03
            )
            bar.outline.set_visible(False)
            bar.set_label(f"gain: {label}")
        return svg_uri(figure, simulated)
