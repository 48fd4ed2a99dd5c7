"""Rows that say again, or otherwise, what another row of their task says of the same picture.

BUSI is known for pictures that stand in two class folders (Pawlowska et al., Data in Brief 2023),
so pictures are compared by their pixels, not by their names.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pipeline.tasks.defects import Defect


@dataclass(frozen=True)
class Labelled:
    """What is compared: the task, the file's folded path, digests of pixels and of the label."""

    task: str
    image: str
    image_sha256: str
    label_sha256: str


def duplicate_defects(rows: Sequence[Labelled]) -> list[Defect | None]:
    """Return each row's defect, or None where it may be used.

    Where one picture has several answers in a task, none can be trusted: all its rows there are
    `conflicting_labels`. Of rows that list one file with one answer, those after the first are
    `duplicate_row`. Equal pictures in other files, with equal answers, stay: the split keeps them
    together.
    """
    if not rows:
        return []
    table = pd.DataFrame(rows)
    answers = table.groupby(["task", "image_sha256"])["label_sha256"].transform("nunique")
    repeated = table.duplicated(["task", "image", "image_sha256"])
    return [
        _defect(conflicts, repeats)
        for conflicts, repeats in zip(answers > 1, repeated, strict=True)
    ]


def _defect(conflicts: bool, repeats: bool) -> Defect | None:
    if conflicts:
        return Defect("conflicting_labels", "other rows of the task give this picture other labels")
    if repeats:
        return Defect("duplicate_row", "an earlier row lists this image for this task")
    return None
