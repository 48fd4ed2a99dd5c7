"""Is what can be used enough for a study? If not, an error that says what became of the rows."""

from collections.abc import Collection, Mapping, Sequence, Sized
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import Task
from pipeline.tasks.room import SPLITS
from pipeline.tasks.strata import Traits


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


def check_tasks(
    rows: pd.DataFrame,
    traits: Sequence[Traits],
    quarantine: pd.DataFrame,
    tasks: Mapping[str, Task],
    set_aside: Path,
) -> None:
    """Raise StudyError naming every task that cannot be learnt, and what became of its rows.

    Such a task lacks a split, or is a classification of which one class is left. `rows` has the
    column split, and `traits` are those of each row's label.
    """
    faults = []
    for name, task in tasks.items():
        own = (rows["task"] == name).to_numpy()
        places = np.flatnonzero(own).tolist()
        classes = {index for place in places for index in traits[place].classes}
        why = _missing_splits(rows[own]) or _missing_classes(task, classes)
        if why:
            faults.append(f"{name}: {why}; {_became(name, rows[own], quarantine)}")
    if faults:
        raise StudyError(
            "tasks.path: too few images can be used; a task needs one patient or clip of each "
            "class for train, and one more for val and for test:\n  " + "\n  ".join(faults) + "\n"
            f"Mend the rows, or leave the task out by tasks.include. {_told(set_aside)}"
        )


def _missing_splits(own: pd.DataFrame) -> str:
    missing = sorted(set(SPLITS) - set(own["split"]))
    return f"no image for {', '.join(missing)}" if missing else ""


def _missing_classes(task: Task, classes: Collection[int]) -> str:
    if task.type != "classification" or len(classes) > 1:
        return ""
    (left,) = classes
    return f"all images are of class {left} ({task.labels[left]}); classes count from 0"


def _became(task: str, own: pd.DataFrame, quarantine: pd.DataFrame) -> str:
    reasons = quarantine.loc[quarantine["task"] == task, "reason"].value_counts()
    testing = int(own["held_out"].sum())
    return (
        f"of its rows {len(own)} can be used"
        + (f" ({testing} for testing only)" if testing else "")
        + f", set aside are {_counted(reasons)}"
    )


def _counted(reasons: pd.Series) -> str:
    return ", ".join(f"{size} {reason}" for reason, size in sorted(reasons.items())) or "none"


def _told(set_aside: Path) -> str:
    return f"{set_aside} lists every row set aside; `make set-aside` shows their images' paths too."
