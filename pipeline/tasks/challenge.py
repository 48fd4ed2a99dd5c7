"""The FM_UIA 2026 folder format: CSV files beside the image folders, paths relative to them.

Source: the challenge's README and data loader. One task may span several CSV files; the type is
written `segmentation`, `classification`, `detection` or `Regression`; every path starts at
`csv_files/` and may hold blanks, commas, parentheses or a no-break space.
"""

import csv
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.tasks.catalogue import Task
from pipeline.tasks.defects import Defect

CSV_FOLDER = "csv_files"
REQUIRED_COLUMNS = ("task_id", "task_name", "num_classes", "image_path")


@dataclass(frozen=True)
class Row:
    """One data row of one CSV file; `number` counts from 1."""

    csv: str
    number: int
    fields: dict[str, str]


@dataclass(frozen=True)
class Entry:
    """A row understood: its task, and its image's path relative to the data folder."""

    row: Row
    task: Task
    image: str

    @property
    def sample(self) -> str:
        """The sample's key: it names no file, and is the same in every task that shares it."""
        return sha256_bytes(self.image.encode())[:16]


def _rows_of(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig") as handle:
        reader = csv.DictReader(handle, restval="")
        missing = [name for name in REQUIRED_COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise StudyError(
                f"{CSV_FOLDER}/{path.name}: columns {', '.join(missing)} are missing; "
                "every CSV file must follow the FM_UIA format"
            )
        for number, fields in enumerate(reader, start=1):
            yield Row(path.name, number, {name: text for name, text in fields.items() if name})


def read_rows(root: Path) -> Iterator[Row]:
    """Yield every row of every CSV file under `root/csv_files`, in the files' sorted order.

    Raises StudyError when there is no CSV file or one lacks a required column.
    """
    files = sorted((root / CSV_FOLDER).glob("*.csv"), key=lambda path: path.name)
    if not files:
        raise StudyError(
            f"the labelled data has no {CSV_FOLDER}/*.csv; tasks.path must name the folder that "
            f"holds {CSV_FOLDER}/"
        )
    for path in files:
        yield from _rows_of(path)


def relative_path(text: str) -> str:
    """Return a path that a row gives relative to `csv_files/` as relative to the data folder.

    Raises Defect when it is empty or leads out of the data folder.
    """
    if not text.strip():
        raise Defect("path_missing", "a path is empty")
    path = posixpath.normpath(posixpath.join(CSV_FOLDER, text))
    if path.startswith(("..", "/")):
        raise Defect("path_outside", "a path leads out of the data folder")
    return path


def parse_row(row: Row, tasks: Mapping[str, Task]) -> Entry:
    """Match a row with its task; raise Defect when the row contradicts the catalogue."""
    task = tasks.get(row.fields["task_id"].strip())
    if task is None:
        raise Defect("unknown_task", "task_id is not in the catalogue")
    if row.fields["task_name"].strip().lower() != task.type:
        raise Defect("task_mismatch", f"task_name is not {task.type}")
    classes = row.fields["num_classes"].strip()
    if classes not in (str(task.num_classes), f"{task.num_classes}.0"):
        raise Defect("task_mismatch", f"num_classes is not {task.num_classes}")
    return Entry(row, task, relative_path(row.fields["image_path"]))
