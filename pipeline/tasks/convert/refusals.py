"""Why a file of a data set, or the label that it holds, is not converted."""

from typing import Literal

Reason = Literal[
    "unrecognised",  # not part of the published layout that is read
    "not_converted",  # part of it, and of no use to the task
    "bad_name",  # not UTF-8, so no table could name it
    "duplicate_name",  # differs from another file by case or suffix only
    "not_listed",  # the data set's own table does not know it
    "duplicate_row",
    "conflicting_rows",
    "bad_row",
    "missing_image",
    "missing_mask",
    "empty_file",
    "unreadable_image",
    "unreadable_mask",
    "several_frames",
    "bad_annotation",
    "unknown_mask_value",
    "mask_size_mismatch",
    "empty_mask",
    "label_conflict",
]


class Refusal(Exception):  # noqa: N818 - it names a decision, not an error of ours
    """One file or label that is not converted: a reason code and a sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail
