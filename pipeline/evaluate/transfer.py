"""Transfer: what a task gains or loses when its model is shared with other tasks.

The score under a strategy minus that of the task-specific model of the same encoder, fraction
and seed, in the task's main metric (arXiv 2603.18123 compares its strategies in this way).
"""

from collections.abc import Mapping
from typing import Any, get_args

from pipeline.evaluate.estimates import DIGITS, Arm, Estimate, gain, interval_columns
from pipeline.tasks.strategies import Strategy

ALONE: Strategy = "task-specific"
SHARED = tuple(name for name in get_args(Strategy) if name != ALONE)


def transfer_rows(
    estimates: Mapping[tuple[Arm, str], Estimate], confidence: float
) -> list[dict[str, Any]]:
    """Return the rows of TRANSFER for every shared model whose task-specific twin exists."""
    rows = []
    for (arm, task), estimate in sorted(estimates.items()):
        alone = estimates.get((arm._replace(strategy=ALONE), task))
        if arm.strategy in SHARED and alone is not None:
            rows.append(
                {
                    **estimate.identity(),
                    **interval_columns(gain(estimate, alone), confidence),
                    "shared_value": round(estimate.value, DIGITS),
                    "specific_value": round(alone.value, DIGITS),
                    "n_test": estimate.n_test,
                }
            )
    return rows
