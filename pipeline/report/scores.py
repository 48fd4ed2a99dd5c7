"""The score tables: one row per task, one column per model, a cell with value and interval."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, get_args

import pandas as pd

from pipeline.report.words import (
    CONTROL,
    MAIN_METRICS,
    PROBE,
    RANGE,
    MainMetric,
    control_title,
    encoder_order,
    encoder_title,
    probe_title,
    strategy_order,
    strategy_title,
)
from pipeline.tasks.catalogue import Task, TaskType


@dataclass(frozen=True)
class Column:
    """One model, or one family of models, scored on all tasks."""

    encoder: str
    strategy: str
    fraction: float
    group: str
    title: str
    opens_group: bool = False

    @property
    def is_control(self) -> bool:
        """Whether this is a sanity check rather than a model."""
        return self.encoder.startswith(CONTROL)

    @property
    def is_probe(self) -> bool:
        """Whether the encoder was kept frozen."""
        return self.strategy.startswith(PROBE)


@dataclass(frozen=True)
class Cell:
    """One published number: its row in results.csv, and whether nothing in its task is better.

    `n_train` is the number of the task's images that the model was trained on.
    """

    value: float
    low: float
    high: float
    text: str
    interval: str
    n_train: int
    row: int
    best: bool = False

    @property
    def is_point(self) -> bool:
        """Whether the interval has no width: so few images cannot show what others would."""
        return self.low == self.high


@dataclass(frozen=True)
class TaskRow:
    """One task's cells, None where a model was not scored."""

    task: Task
    n_test: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class Section:
    """The tasks of one type, which share a main metric."""

    type: TaskType
    metric: MainMetric
    rows: tuple[TaskRow, ...]


@dataclass(frozen=True)
class ScoreTable:
    """Columns with their group headings (title, span), and sections of rows.

    `name` begins the anchors of its rows; `tells_training` says to show each cell's `n_train`.
    """

    name: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, int], ...]
    sections: tuple[Section, ...]
    tells_training: bool = False

    @property
    def has_points(self) -> bool:
        """Whether any interval has no width."""
        rows = (row for section in self.sections for row in section.rows)
        return any(cell.is_point for row in rows for cell in row.cells if cell)


def first_seed(results: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the first seed."""
    first: pd.DataFrame = results[results["seed"] == results["seed"].min()]
    return first


def shown_rows(results: pd.DataFrame) -> pd.DataFrame:
    """Return what most of the page shows: the largest training fraction and the first seed."""
    shown: pd.DataFrame = results[results["fraction"] == results["fraction"].max()]
    return first_seed(shown)


def _column(encoder: str, strategy: str, fraction: float) -> Column:
    if encoder.startswith(CONTROL):
        return Column(encoder, strategy, fraction, "Controls", control_title(encoder))
    title = probe_title(strategy) if strategy.startswith(PROBE) else strategy_title(strategy)
    return Column(encoder, strategy, fraction, encoder_title(encoder), title)


def find_columns(results: pd.DataFrame) -> tuple[Column, ...]:
    """Return the models in reading order: pretrained, from scratch, controls; by share of data."""
    arms = results[["encoder", "strategy", "fraction"]].drop_duplicates()
    columns = [_column(*arm) for arm in arms.itertuples(index=False)]
    return tuple(sorted(columns, key=_reading_order))


def _reading_order(column: Column) -> tuple[object, ...]:
    return encoder_order(column.encoder), strategy_order(column.strategy), column.fraction


def _interval(metric: MainMetric, low: float, high: float) -> str:
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"{metric.format(low)}{RANGE}{metric.format(high)}"


def _cell(record: Mapping[Any, Any] | None, metric: MainMetric) -> Cell | None:
    if record is None or math.isnan(record["value"]):
        return None
    return Cell(
        value=record["value"],
        low=record["ci_low"],
        high=record["ci_high"],
        text=metric.format(record["value"]),
        interval=_interval(metric, record["ci_low"], record["ci_high"]),
        n_train=record["n_train"],
        row=record["row"],
    )


def _mark_best(
    cells: Iterable[Cell | None], columns: Iterable[Column], metric: MainMetric
) -> tuple[Cell | None, ...]:
    pairs = list(zip(cells, columns, strict=True))
    choose: Callable[..., float] = max if metric.higher_is_better else min
    values = [cell.value for cell, _ in pairs if cell]
    best = choose(values, default=None)
    return tuple(
        replace(cell, best=True) if cell and not column.is_control and cell.value == best else cell
        for cell, column in pairs
    )


def score_table(
    name: str, results: pd.DataFrame, columns: tuple[Column, ...], tasks: Mapping[str, Task]
) -> ScoreTable:
    """Lay out the main metric of every task; `results` holds the numbered rows to show."""
    records = {
        (row["encoder"], row["strategy"], row["fraction"], row["task"], row["metric"]): row
        for row in results.to_dict("records")
    }

    def task_row(task: Task, metric: MainMetric) -> TaskRow:
        found = [
            records.get((each.encoder, each.strategy, each.fraction, task.id, metric.name))
            for each in columns
        ]
        cells = _mark_best((_cell(record, metric) for record in found), columns, metric)
        n_test = max((record["n_test"] for record in found if record), default=0)
        return TaskRow(task, n_test, cells)

    sections = (
        Section(
            task_type,
            MAIN_METRICS[task_type],
            tuple(
                task_row(task, MAIN_METRICS[task_type])
                for task in tasks.values()
                if task.type == task_type
            ),
        )
        for task_type in get_args(TaskType)
    )
    spans = [list(members) for _, members in groupby(columns, lambda column: column.group)]
    return ScoreTable(
        name=name,
        columns=tuple(
            replace(column, opens_group=place == 0)
            for members in spans
            for place, column in enumerate(members)
        ),
        groups=tuple((members[0].group, len(members)) for members in spans),
        sections=tuple(section for section in sections if section.rows),
    )
