"""The account of all rows: how many there are, how many are used, and why the others are not."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.errors import StudyError
from pipeline.tasks.room import SPLITS


def counts_of(
    rows_read: int, used: pd.DataFrame, quarantine: pd.DataFrame, tasks: Sequence[str]
) -> dict[str, Any]:
    """Return the counts; used and quarantined rows are all that were read.

    Args:
        rows_read: rows of all CSV files, counted as they were read.
        used: the columns of TASKS.
        quarantine: the columns of QUARANTINE.
        tasks: ids of the study's tasks, in the order wanted.

    Raises StudyError when a row is lost or counted twice.
    """
    place = ["archive", "csv", "row"]
    places = pd.concat([used[place], quarantine[place]])
    if len(places) != rows_read or places.duplicated().any():
        raise StudyError(
            f"{rows_read} labelled rows were read, but {len(used)} used and {len(quarantine)} set "
            "aside; this is a defect of the plan"
        )
    return {
        "rows": rows_read,
        "used": len(used),
        "quarantined": len(quarantine),
        "held_out": int(used["held_out"].sum()),
        "reasons": _sizes(quarantine, "reason"),
        "rows_of_no_task": int(quarantine["task"].isna().sum()),
        "tasks": {task: _task_counts(task, used, quarantine) for task in tasks},
        "files": _file_counts(used, quarantine),
    }


def _sizes(table: pd.DataFrame, name: str) -> dict[str, int]:
    return {str(value): int(size) for value, size in table.groupby(name).size().items()}


def _task_counts(task: str, used: pd.DataFrame, quarantine: pd.DataFrame) -> dict[str, Any]:
    own, refused = used[used["task"] == task], quarantine[quarantine["task"] == task]
    return {
        "rows": len(own) + len(refused),
        "used": len(own),
        **{split: int((own["split"] == split).sum()) for split in SPLITS},
        "reasons": _sizes(refused, "reason"),
    }


def _file_counts(used: pd.DataFrame, quarantine: pd.DataFrame) -> list[dict[str, Any]]:
    both = pd.concat([used.assign(used=1), quarantine.assign(used=0)])
    files = both.groupby(["archive", "csv"])["used"].agg(["size", "sum"]).reset_index()
    return [
        {
            "archive": int(row["archive"]),
            "csv": str(row["csv"]),
            "rows": int(row["size"]),
            "used": int(row["sum"]),
        }
        for row in files.to_dict("records")
    ]
