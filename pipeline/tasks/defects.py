"""Why a row of the labelled data cannot be used."""

from typing import Literal

Reason = Literal[
    "unknown_task",
    "task_mismatch",
    "path_missing",
    "path_outside",
    "missing_image",
    "unreadable_image",
    "missing_mask",
    "unreadable_mask",
    "mask_size_mismatch",
    "class_out_of_range",
    "bad_label",
    "box_outside",
    "point_outside",
    "duplicate_row",
]


class Defect(Exception):  # noqa: N818 - it names what is wrong with a row
    """One row's defect: a reason code and a sentence that quotes nothing of the row."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail
