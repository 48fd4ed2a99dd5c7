"""Tell the rows that can be used from those that cannot, each with its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.defects import Defect
from pipeline.tasks.duplicates import Labelled, duplicate_defects
from pipeline.tasks.files import folded
from pipeline.tasks.reading import Archive, Reading, read_archive
from pipeline.tasks.refused import Refusal, match_refusals


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
            folded(self.entry.image),
            self.found["image_sha256"],
            self.found["label_sha256"],
        )


@dataclass(frozen=True)
class SortedOut:
    """What became of every row.

    `rows` is how many there are, `refused` holds lines of QUARANTINE, and `unmatched_lines` the
    lines of tasks.exclude_file that fit no image, or several.
    """

    rows: int
    used: list[Used]
    refused: list[dict[str, Any]]
    unmatched_lines: tuple[int, ...]


def refused_row(row: Row, found: Mapping[str, Any], tasks: Mapping[str, Task]) -> dict[str, Any]:
    """Return the line of QUARANTINE of a row that is set aside; `found` has a Defect's cells."""
    task = row.text("task_id")
    return {
        "archive": row.archive,
        "csv": row.csv,
        "row": row.number,
        "task": task if task in tasks else None,
        **{name: found[name] for name in ("reason", "detail", "field", "value")},
    }


def sort_out(
    archive: Archive,
    reading: Reading,
    refusals: Sequence[Refusal],
    progress: Callable[[str], None],
) -> SortedOut:
    """Read every row and tell what becomes of it."""
    rows = list(read_archive(archive, reading, progress))
    matched = match_refusals(refusals, [row for row, _ in rows])
    excluded = Defect("excluded", "tasks.exclude_file lists this row").cells()
    readable: list[Used] = []
    refused: list[dict[str, Any]] = []
    for row, found in rows:
        if row.place in matched.places:
            refused.append(refused_row(row, excluded, archive.tasks))
        elif found["reason"] is None:
            readable.append(Used(archive.entry(row), found))
        else:
            refused.append(refused_row(row, found, archive.tasks))
    used: list[Used] = []
    defects = duplicate_defects([each.labelled for each in readable])
    for each, defect in zip(readable, defects, strict=True):
        if isinstance(defect, Defect):
            refused.append(refused_row(each.entry.row, defect.cells(), archive.tasks))
        else:
            used.append(each)
    return SortedOut(len(rows), used, refused, matched.unmatched)
