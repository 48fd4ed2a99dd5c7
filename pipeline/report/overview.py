"""The one small table that averages tasks: mean main metric per task type and model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.report.scores import Column
from pipeline.report.words import MAIN_METRICS, MainMetric, types_of
from pipeline.tasks.catalogue import Task


@dataclass(frozen=True)
class OverviewRow:
    """One model's means, None where it was not scored; `best` marks the best models' means."""

    column: Column
    means: tuple[str | None, ...]
    best: tuple[bool, ...]


def overview_metrics(tasks: Mapping[str, Task]) -> list[tuple[str, MainMetric]]:
    """Return (task type, metric) of the overview's columns: the types that the study has."""
    present = types_of(tasks)
    return [(str(kind), metric) for kind, metric in MAIN_METRICS.items() if kind in present]


def _best(values: Sequence[float | None], metric: MainMetric) -> float | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    return max(known) if metric.higher_is_better else min(known)


def overview(
    summary: Mapping[str, Any],
    columns: Sequence[Column],
    fraction: float,
    metrics: Sequence[MainMetric],
) -> list[OverviewRow]:
    """Return one row per model from the means that evaluate wrote, tasks counting equally.

    `summary` maps encoder, strategy, fraction and metric to the mean; `metrics` are the columns.
    """
    means = [
        [
            summary.get(column.encoder, {})
            .get(column.strategy, {})
            .get(f"fraction{fraction}", {})
            .get(metric.name)
            for metric in metrics
        ]
        for column in columns
    ]
    models = [row for row, column in zip(means, columns, strict=True) if not column.is_control]
    bests = [_best([row[place] for row in models], metric) for place, metric in enumerate(metrics)]
    return [
        OverviewRow(
            column,
            tuple(
                None if value is None else metric.format(value)
                for value, metric in zip(row, metrics, strict=True)
            ),
            tuple(
                not column.is_control and value is not None and value == best
                for value, best in zip(row, bests, strict=True)
            ),
        )
        for column, row in zip(columns, means, strict=True)
    ]
