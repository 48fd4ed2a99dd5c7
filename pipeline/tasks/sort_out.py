"""Tell the rows that can be used from those that cannot, each with its reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Any

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.defects import Defect
from pipeline.tasks.duplicates import Labelled, duplicate_defects
from pipeline.tasks.reading import Archive, Reading, read_archive


@dataclass(frozen=True)
class Used:
    """A row that could be read, and what was found."""

    entry: Entry
    found: Mapping[str, Any]

    @property
    def labelled(self) -> Labelled:
        """What is compared to find duplicates."""
        return Labelled(
            self.entry.task.id,
            self.entry.image,
            self.found["image_sha256"],
            self.found["label_sha256"],
        )


def refused_row(row: Row, reason: str, detail: str, tasks: Mapping[str, Task]) -> dict[str, Any]:
    """Return the line of QUARANTINE of a row that is set aside."""
    task = row.text("task_id")
    return {
        "archive": row.archive,
        "csv": row.csv,
        "row": row.number,
        "task": task if task in tasks else None,
        "reason": reason,
        "detail": detail,
    }


def sort_out(
    archive: Archive, reading: Reading, progress: Callable[[str], None]
) -> tuple[int, list[Used], list[dict[str, Any]]]:
    """Return the number of rows read, those that are used, and those of QUARANTINE."""
    readable: list[Used] = []
    refused: list[dict[str, Any]] = []
    read = 0
    for row, found in read_archive(archive, reading, progress):
        read += 1
        if found["reason"] is None:
            readable.append(Used(archive.entry(row), found))
        else:
            refused.append(refused_row(row, found["reason"], found["detail"], archive.tasks))
    used: list[Used] = []
    defects = duplicate_defects([each.labelled for each in readable])
    for each, defect in zip(readable, defects, strict=True):
        if isinstance(defect, Defect):
            row = each.entry.row
            refused.append(refused_row(row, defect.reason, defect.detail, archive.tasks))
        else:
            used.append(each)
    return read, used, refused


def check_any(used: Sized, refused: Sequence[Mapping[str, Any]]) -> None:
    """Raise StudyError when no row is left."""
    if not len(used):
        reasons = dict(sorted(Counter(row["reason"] for row in refused).items()))
        raise StudyError(
            f"tasks.path: none of {len(refused)} labelled rows can be used (reasons: {reasons}); "
            "the challenge's validation folder has no labels and cannot be trained on"
        )
