"""The rows to predict, and an account of what every row came to."""

import posixpath
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.submission.layout import mask_file
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row, parse_row, read_rows
from pipeline.tasks.defects import Defect


@dataclass
class Account:
    """What became of every row: predicted, unreadable, or of a task that no model answers.

    `trained_on` counts those predicted whose picture their model has seen in training.
    """

    predicted: Counter[str] = field(default_factory=Counter)
    trained_on: Counter[str] = field(default_factory=Counter)
    no_model: Counter[str] = field(default_factory=Counter)
    unreadable: list[tuple[Row, Defect]] = field(default_factory=list)

    def reject(self, row: Row, defect: Defect) -> None:
        """Note a row that cannot be read."""
        self.unreadable.append((row, defect))

    def as_json(self) -> dict[str, Any]:
        """Return the counts, and the rejected rows by file, number and reason."""
        rejected = sorted(self.unreadable, key=lambda item: (item[0].csv, item[0].number))
        return {
            "predicted": dict(self.predicted),
            "trained_on": dict(self.trained_on),
            "no_model": dict(self.no_model),
            "unreadable": [
                {"csv": row.csv, "row": row.number, "reason": defect.reason, "detail": str(defect)}
                for row, defect in rejected
            ],
        }

    def warning(self) -> str:
        """Say how many rows show images that their model was trained on."""
        tasks = ", ".join(f"{number} of {task}" for task, number in sorted(self.trained_on.items()))
        return (
            f"warning: {self.trained_on.total()} of the {self.predicted.total()} rows show images "
            f"that the model was trained on ({tasks}); scores on these say nothing of new images"
        )

    def __str__(self) -> str:
        reasons = Counter(defect.reason for _, defect in self.unreadable)
        said = [f"{self.predicted.total()} rows predicted"]
        said += [f"{number} not readable ({reason})" for reason, number in sorted(reasons.items())]
        said += [f"{number} of {task}: no model" for task, number in sorted(self.no_model.items())]
        return "; ".join(said)


def rows_to_predict(
    root: Path, catalogue: Mapping[str, Task], answered: Collection[str], account: Account
) -> dict[str, list[Entry]]:
    """Return the rows of the `answered` tasks, by task; note the others in the account."""
    found: dict[str, list[Entry]] = defaultdict(list)
    masks: dict[str, tuple[str, str]] = {}
    for row in read_rows([root]):
        try:
            entry = parse_row(row, catalogue)
            if entry.task.type == "segmentation":
                _keep_place(entry, masks)
        except Defect as defect:
            account.reject(row, defect)
            continue
        if entry.task.id in answered:
            found[entry.task.id].append(entry)
        else:
            account.no_model[entry.task.id] += 1
    return dict(found)


def _keep_place(entry: Entry, masks: dict[str, tuple[str, str]]) -> None:
    """Note where a row's mask will lie; raise Defect when that of another row lies there."""
    fields = entry.row.fields
    place = posixpath.normpath(mask_file(fields["image_path"], fields.get("mask_path", "")))
    answered = (entry.task.id, entry.image)
    if masks.setdefault(place, answered) != answered:
        raise Defect(
            "ambiguous_path",
            "the mask of an earlier row, of another task or image, has this path; give each row a "
            "mask_path of its own",
            "mask_path",
        )
