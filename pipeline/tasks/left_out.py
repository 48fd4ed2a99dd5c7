"""Rows that can be used, but that a switch leaves out for what they are linked with.

All links are found first: what is left out still joins its relatives, so that none is lost.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from pipeline.tasks.defects import Defect
from pipeline.tasks.params import TasksParams
from pipeline.tasks.partition import Linked
from pipeline.tasks.reading import Archive
from pipeline.tasks.sort_out import Used, refused_row

OFFICIAL = Defect(
    "official_test_image",
    "an image of the official test half of its data set, or of the same patient, or a copy",
)
SHARED = Defect("shared_image", "an earlier task of the study uses this picture", "image_path")


def shared_with_earlier(rows: pd.DataFrame, order: Sequence[str]) -> pd.Series:
    """Say of each row whether a task that comes earlier in `order` uses its picture.

    Pictures are compared by their pixels: a copy under another name is shared too.
    """
    ranks = rows["task"].map({task: rank for rank, task in enumerate(order)})
    return ranks > ranks.groupby(rows["image_sha256"]).transform("min")


def leave_out(
    linked: Linked, used: Sequence[Used], params: TasksParams, archive: Archive
) -> tuple[Linked, list[dict[str, Any]]]:
    """Return the rows that stay, and a line of QUARANTINE for each of the others.

    Args:
        linked: all rows that can be used, with their links.
        used: the same rows, in the same order.
        params: the switch `shared_images`.
        archive: the study's tasks, in its order, and the switch for official test images.
    """
    nowhere = pd.Series(False, linked.rows.index)
    drops_official = archive.known.official_test == "drop"
    official = linked.is_of_held_out_group() if drops_official else nowhere
    is_once = params.shared_images == "first_task"
    shared = shared_with_earlier(linked.rows, list(archive.tasks)) if is_once else nowhere
    refused = [
        refused_row(row.entry.row, (OFFICIAL if is_official else SHARED).cells(), archive.tasks)
        for row, is_official, leaves in zip(used, official, official | shared, strict=True)
        if leaves
    ]
    return (linked.only(~(official | shared)) if refused else linked), refused
