"""How evenly each task's rows, groups and strata lie in the splits."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from pipeline.tasks.room import GROUPS, ROWS, SPLITS
from pipeline.tasks.split import Member


def describe_balance(
    rows: Sequence[Member], splits: Sequence[str], shares: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Return, of each task, the rows and groups in each split, also of each stratum.

    `largest_excess` is the most that a split's share of the task's rows or of one of its strata
    is above or below what was wanted, in rows.
    """
    counted = pd.DataFrame(
        [
            {"task": row.task, "group": row.group, "split": split, "stratum": stratum}
            for row, split in zip(rows, splits, strict=True)
            for stratum in (ROWS, *row.classes, *row.sizes)
        ]
    )
    return {str(task): _of_task(part, shares) for task, part in counted.groupby("task", sort=True)}


def _of_task(counted: pd.DataFrame, shares: Mapping[str, float]) -> dict[str, Any]:
    found = pd.crosstab(counted["stratum"], counted["split"])
    counts = found.reindex(columns=list(SPLITS), fill_value=0)
    wanted = pd.DataFrame({name: counts.sum(axis=1) * shares[name] for name in SPLITS})
    excess = (counts - wanted).abs().to_numpy()
    groups = counted.drop_duplicates(["group"])["split"].value_counts()
    return {
        ROWS: _integers(counts.T[ROWS]),
        GROUPS: _integers(groups.reindex(SPLITS, fill_value=0)),
        "strata": {str(name): _integers(row) for name, row in counts.iterrows() if name != ROWS},
        "largest_excess": round(float(excess.max()), 6),
    }


def _integers(counts: pd.Series) -> dict[str, int]:
    return {str(split): int(count) for split, count in counts.items()}
