"""Figure: the main metric of every task with its interval, one row per task."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from pipeline.report.scores import Cell, Column, ScoreTable, Section
from pipeline.report.style import (
    FAINT,
    GRID,
    report_style,
    strategy_colour,
    svg_uri,
    without_frame,
)
from pipeline.report.words import CONSTANT, SCRATCH, control_title, strategy_title

ROW_INCHES = 0.34
SPREAD = 0.62  # the part of a row's height over which its models are placed
SIDES = (("segmentation", "detection"), ("classification", "regression"))


def _fill(column: Column, colour: str) -> str:
    return "white" if column.encoder == SCRATCH else colour


def _draw_model(axes: Axes, column: Column, cell: Cell, y: float) -> None:
    colour = strategy_colour(column.strategy)
    axes.plot((cell.low, cell.high), (y, y), color=colour, linewidth=1.1, alpha=0.55)
    axes.plot(cell.value, y, "o", markersize=4.2, color=colour, mfc=_fill(column, colour))


def _draw_row(axes: Axes, cells: list[tuple[Column, Cell | None]], y: float) -> None:
    models = [(column, cell) for column, cell in cells if not column.is_control]
    for place, (column, cell) in enumerate(models):
        if cell is not None:
            offset = SPREAD * (place / max(len(models) - 1, 1) - 0.5)
            _draw_model(axes, column, cell, y + offset)
    for column, cell in cells:
        if cell is not None and column.encoder == CONSTANT:
            ends = (y - SPREAD / 2, y + SPREAD / 2)
            axes.plot((cell.value, cell.value), ends, color=FAINT, linewidth=1.3, linestyle=":")


def _draw_section(axes: Axes, section: Section, columns: tuple[Column, ...]) -> None:
    metric = section.metric
    for y, row in enumerate(section.rows):
        _draw_row(axes, list(zip(columns, row.cells, strict=True)), y)
        if y:
            axes.axhline(y - 0.5, color=GRID, linewidth=0.8)
    axes.set_yticks(range(len(section.rows)), [row.task.id for row in section.rows])
    axes.set_ylim(len(section.rows) - 0.5, -0.5)
    axes.set_xlim(0, None if metric.unit else 1)
    unit = f" in {metric.unit}" if metric.unit else ""
    axes.set_xlabel(f"{metric.title}{unit}, {metric.direction}")
    axes.set_title(f"{section.type.capitalize()} {metric.arrow}")
    axes.grid(True, axis="x")
    without_frame(axes)


def _legend(figure: Figure, columns: tuple[Column, ...]) -> None:
    models = [column for column in columns if not column.is_control]
    handles = {
        strategy_title(column.strategy): Line2D(
            [], [], color=strategy_colour(column.strategy), marker="o", linewidth=1
        )
        for column in models
    }
    for column in models:
        handles[column.group] = Line2D(
            [], [], color=FAINT, marker="o", linewidth=0, mfc=_fill(column, FAINT)
        )
    handles[f"control: {control_title(CONSTANT)}"] = Line2D([], [], color=FAINT, linestyle=":")
    figure.legend(handles.values(), handles.keys(), loc="outside upper left", ncols=3)


def forest_figure(table: ScoreTable, simulated: bool) -> str:
    """Return the figure as a data URI; a panel per task type, balanced over two columns."""
    by_type = {str(section.type): section for section in table.sections}
    sides = [[name for name in side if name in by_type] for side in SIDES]
    sides = [side for side in sides if side]
    counts = [[len(by_type[name].rows) for name in side] for side in sides]
    with report_style():
        height = max(map(sum, counts)) * ROW_INCHES + 1.8
        figure = Figure(figsize=(11.5, height), layout="constrained")
        parts = np.ravel(figure.subfigures(1, len(sides), squeeze=False))
        for part, side, sizes in zip(parts, sides, counts, strict=True):
            panels = np.ravel(part.subplots(len(side), 1, height_ratios=sizes, squeeze=False))
            for axes, name in zip(panels, side, strict=True):
                _draw_section(axes, by_type[name], table.columns)
        _legend(figure, table.columns)
        return svg_uri(figure, simulated)
