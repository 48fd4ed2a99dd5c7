"""Why a row of the labelled data cannot be used: each reason with what it means."""

from typing import Literal

Reason = Literal[
    "malformed_row",
    "unknown_task",
    "task_left_out",
    "wrong_task_name",
    "wrong_num_classes",
    "wrong_split",
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
    "mask_not_8_bit_grey",
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
    "shared_image",
    "excluded",
]
MEANINGS: dict[Reason, str] = {
    "malformed_row": "more values than columns, as of a comma without quotes",
    "unknown_task": "no catalogue lists the task",
    "task_left_out": "the study does not run the task (tasks.include)",
    "wrong_task_name": "task_name is not the type of the task",
    "wrong_num_classes": "num_classes is not that of the task",
    "wrong_split": "a split that is not train, val or test",
    "path_missing": "image_path is empty",
    "path_outside": "a path leads out of the labelled folder",
    "ambiguous_path": "several files differ from the path only in case or blanks",
    "missing_image": "there is no such image",
    "unreadable_image": "the file is no image",
    "truncated_image": "the image file ends early",
    "no_label": "the columns of the label are empty",
    "missing_mask": "there is no such mask",
    "unreadable_mask": "the mask's file is no image",
    "truncated_mask": "the mask's file ends early",
    "mask_not_8_bit_grey": "a mask in colours, with a palette of such, or of 16 bits a pixel",
    "mask_size_mismatch": "the mask has another size than the image",
    "class_out_of_range": "a class, or a value of the mask, that the task does not have",
    "class_not_whole": "a class that is no whole number",
    "not_numeric": "a label that is no finite number",
    "box_incomplete": "some of the box's four columns are empty",
    "box_reversed": "a box whose end comes before its start",
    "box_empty": "a box without area",
    "box_outside": "a box that leaves the image",
    "landmark_malformed": "a landmark that is no list of x and y",
    "landmark_outside": "a landmark outside the image",
    "landmark_missing": "a landmark is not annotated (tasks.missing_landmarks)",
    "normalised_coordinates": "shares of the image in place of pixels",
    "duplicate_row": "an earlier row says the same",
    "conflicting_labels": "rows of the task give one picture different labels",
    "mirrored_femur": "one of the 25 that the organisers disregard",
    "official_test_image": "of the official test half of its data set, or a relative of such",
    "shared_image": "an earlier task uses the picture (tasks.shared_images)",
    "excluded": "tasks.exclude_file refuses the row",
}


class Defect(Exception):  # noqa: N818 - it names what is wrong with a row
    """One row's defect: a reason code, and a sentence that quotes no text of the row.

    `field` names the column of the CSV that is wrong, if it is one, and `value` what is wrong
    there, if it is a number: a label's cell, or the highest value of a mask.
    """

    def __init__(
        self, reason: Reason, detail: str, field: str | None = None, value: float | None = None
    ) -> None:
        super().__init__(detail)
        self.reason, self.detail, self.field, self.value = reason, detail, field, value

    def cells(self) -> dict[str, str | float | None]:
        """Return the defect as columns of QUARANTINE."""
        return {name: getattr(self, name) for name in ("reason", "detail", "field", "value")}
