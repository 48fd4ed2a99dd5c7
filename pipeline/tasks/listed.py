"""Do the labelled folders list every task of the study? Asked before any job.

Standard library only: the workflow itself reads this module.
"""

from collections.abc import Iterable, Sequence

from pipeline.errors import StudyError
from pipeline.tasks.challenge import CSV_FOLDER, Row


def check_listed(rows: Iterable[Row], tasks: Sequence[str]) -> None:
    """Raise StudyError naming every task of the study of which no row is listed at all."""
    listed = {row.text("task_id") for row in rows}
    absent = [task for task in tasks if task not in listed]
    if not absent:
        return
    present = [task for task in tasks if task in listed]
    remedy = (
        f"name those that the study should run, such as `include: [{', '.join(present)}]`"
        if present
        else f"write the catalogue's ids into the column task_id of {CSV_FOLDER}/*.csv"
    )
    raise StudyError(
        f"tasks.include: the folders of tasks.path list no image of {len(absent)} of the study's "
        f"{len(tasks)} tasks ({', '.join(absent)}); {remedy}, or add the folders that hold the "
        "others to tasks.path"
    )
