"""One metric of one model on one task, with all its bootstrap draws."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from pipeline.evaluate.bootstrap import Floats, percentile_interval
from pipeline.evaluate.metrics import LOWER_IS_BETTER, MAIN_METRIC
from pipeline.tasks.catalogue import Task

# Digits after the point that are written: beyond them is only rounding of sums.
DIGITS = 10


class Arm(NamedTuple):
    """One way to get a model for every task; the unit that a task belongs to follows from it."""

    encoder: str
    strategy: str
    fraction: float
    seed: int


@dataclass(frozen=True)
class Estimate:
    """`scores_D` holds the metric on the test set as it is, then on each draw of it."""

    arm: Arm
    unit: str
    task: Task
    metric: str
    scores_D: Floats
    n_test: int
    predictions_sha256: str

    @property
    def value(self) -> float:
        """The metric on the test set."""
        return float(self.scores_D[0])

    def identity(self) -> dict[str, Any]:
        """Return the columns that say what was measured."""
        return {
            **self.arm._asdict(),
            "unit": self.unit,
            "task": self.task.id,
            "task_type": self.task.type,
            "organ": self.task.organ,
            "metric": self.metric,
        }


def interval_columns(scores_D: Floats, confidence: float) -> dict[str, float | None]:
    """Return `value`, `ci_low` and `ci_high` of a score and its draws, rounded for writing.

    What is undefined is None.
    """
    low, high = percentile_interval(scores_D, confidence)
    named = {"value": float(scores_D[0]), "ci_low": low, "ci_high": high}
    return {
        name: round(number, DIGITS) if math.isfinite(number) else None
        for name, number in named.items()
    }


def main_estimates(estimates: Iterable[Estimate]) -> dict[tuple[Arm, str], Estimate]:
    """Return the estimate of each task's main metric, by arm and task id."""
    return {
        (estimate.arm, estimate.task.id): estimate
        for estimate in estimates
        if estimate.metric == MAIN_METRIC[estimate.task.type]
    }


def gain(estimate: Estimate, reference: Estimate) -> Floats:
    """Return by how much an estimate is better than another of the same task, draw by draw.

    Positive is better, whichever way the metric counts.
    """
    difference_D = estimate.scores_D - reference.scores_D
    return -difference_D if estimate.metric in LOWER_IS_BETTER else difference_D
