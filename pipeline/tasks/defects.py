"""Why a row of the labelled data cannot be used: each reason with what it means."""

from typing import Literal, get_args

Reason = Literal[
    "malformed_row",
    "unknown_task",
    "task_left_out",
    "wrong_task_name",
    "wrong_num_classes",
    "path_missing",
    "path_outside",
    "ambiguous_path",
    "missing_image",
    "unreadable_image",
    "truncated_image",
    "no_label",
    "missing_mask",
    "unreadable_mask",
    "truncated_mask",
    "mask_size_mismatch",
    "class_out_of_range",
    "class_not_whole",
    "not_numeric",
    "box_incomplete",
    "box_reversed",
    "box_empty",
    "box_outside",
    "landmark_malformed",
    "landmark_outside",
    "landmark_missing",
    "normalised_coordinates",
    "duplicate_row",
    "conflicting_labels",
    "mirrored_femur",
    "official_test_image",
    "excluded",
]
REASONS: tuple[Reason, ...] = get_args(Reason)


class Defect(Exception):  # noqa: N818 - it names what is wrong with a row
    """One row's defect: a reason code and a sentence that quotes nothing of the row."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail
