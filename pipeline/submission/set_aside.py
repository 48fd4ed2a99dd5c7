"""Rows of a labelled folder that a study would set aside, whether they are scored or not.

The challenge's `evaluate.py` scores labels that cannot be right, so the scores here do too; these
rows are named with the reasons of planning, for a score against them says little.
"""

from collections.abc import Callable, Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pipeline.tasks.catalogue import study_catalogue
from pipeline.tasks.known_defects import KnownDefects
from pipeline.tasks.labels import LabelRules
from pipeline.tasks.params import TasksParams
from pipeline.tasks.reading import Archive, Reading
from pipeline.tasks.sort_out import sort_out

# A row's CSV file and its number there, from 1.
Line = tuple[str, int]


def set_aside_rows(
    root: Path, params: TasksParams, scored: Collection[Line], progress: Callable[[str], None]
) -> list[dict[str, Any]]:
    """Return the rows that planning would set aside, in the order of the files.

    Each has the columns of QUARANTINE but for the folder, and `scored`. Tasks that the study
    leaves out count too. Coordinates that are shares of the image are always named: they are
    scored as pixels.
    """
    tasks = study_catalogue(params.catalogue, include=[])
    rules = LabelRules("quarantine", params.missing_landmarks)
    archive = Archive((root,), tasks, frozenset(), rules, KnownDefects.of(params))
    with TemporaryDirectory() as folder:
        # One process: forked ones would inherit the threads of a model that has just predicted.
        reading = Reading(1, params.batch_rows, Path(folder))
        refused = sort_out(archive, reading, (), progress).refused
    rows = [
        {name: value for name, value in row.items() if name != "archive"}
        | {"scored": (row["csv"], row["row"]) in scored}
        for row in refused
    ]
    return sorted(rows, key=lambda row: (row["csv"], row["row"]))
