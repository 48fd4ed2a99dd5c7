"""Is what can be used enough for a study? If not, an error that says what became of the rows."""

from collections.abc import Iterable, Mapping, Sequence, Sized
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError
from pipeline.tasks.room import SPLITS


def check_any(used: Sized, refused: Sequence[Mapping[str, Any]], set_aside: Path) -> None:
    """Raise StudyError when no row is left."""
    if len(used):
        return
    reasons = pd.Series([row["reason"] for row in refused]).value_counts()
    hint = (
        "; the challenge's validation folder has no labels and cannot be trained on"
        if set(reasons.index) <= {"no_label", "missing_mask"}
        else ""
    )
    raise StudyError(
        f"tasks.path: none of {len(refused)} labelled rows can be used: {_counted(reasons)}{hint}. "
        f"{_told(set_aside)}"
    )


def check_splits(
    rows: pd.DataFrame, quarantine: pd.DataFrame, tasks: Iterable[str], set_aside: Path
) -> None:
    """Raise StudyError naming every task that lacks a split, and what became of its rows."""
    faults = [fault for task in tasks if (fault := _split_fault(task, rows, quarantine))]
    if faults:
        raise StudyError(
            "tasks.path: too few images can be used; a task needs one patient or clip of each "
            "class for train, and one more for val and for test:\n  " + "\n  ".join(faults) + "\n"
            f"Mend the rows, or leave the task out by tasks.include. {_told(set_aside)}"
        )


def _split_fault(task: str, rows: pd.DataFrame, quarantine: pd.DataFrame) -> str:
    """Say which splits a task lacks and what became of its rows, or nothing."""
    own = rows[rows["task"] == task]
    missing = sorted(set(SPLITS) - set(own["split"]))
    if not missing:
        return ""
    reasons = quarantine.loc[quarantine["task"] == task, "reason"].value_counts()
    testing = int(own["held_out"].sum())
    return (
        f"{task}: no image for {', '.join(missing)}; of its rows {len(own)} can be used"
        + (f" ({testing} for testing only)" if testing else "")
        + f", set aside are {_counted(reasons)}"
    )


def _counted(reasons: pd.Series) -> str:
    return ", ".join(f"{size} {reason}" for reason, size in sorted(reasons.items())) or "none"


def _told(set_aside: Path) -> str:
    return f"{set_aside} lists every row set aside; `make set-aside` shows their images' paths too."
