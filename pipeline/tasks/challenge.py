"""The FM_UIA 2026 folder format: CSV files beside the image folders, paths relative to them.

Source: README.md, dataset.py and evaluate.py of lijiake2408/Foundation-Model-Challenge-for-
Ultrasound-Image-Analysis (2d9dd74); linghs/ISBI-FMC-UIA-Challenge describes the same columns.
One task may span several CSV files; the type is written `segmentation`, `classification`,
`detection` or `Regression`; every path is joined to `csv_files/` and normalised, and may hold
blanks, commas, parentheses, a plus or a no-break space.

`num_classes` is read by the published loader for landmarks only and not listed as a common column
by linghs, so it may be empty, and in detection, where it tells nothing, it is not checked.
"""

import csv
import math
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.tasks.catalogue import Task, TaskType
from pipeline.tasks.defects import Defect
from pipeline.tasks.room import SPLITS

CSV_FOLDER = "csv_files"
REQUIRED_COLUMNS = ("task_id", "task_name", "image_path")


# The types of tasks as the archive spells them; `evaluate.py` scores no task of another spelling.
TASK_NAMES: dict[TaskType, str] = {
    "segmentation": "segmentation",
    "classification": "classification",
    "detection": "detection",
    "regression": "Regression",
}
# A row's folder in `tasks.path`, its CSV file, and its number there; both numbers count from 1.
Place = tuple[int, str, int]


@dataclass(frozen=True)
class Row:
    """One data row of one CSV file.

    `number` is the place of the row in its file and `archive` that of its folder in `tasks.path`;
    both count from 1. `is_malformed` tells that it has more values than the file has columns.
    """

    csv: str
    number: int
    fields: dict[str, str]
    archive: int = 1
    is_malformed: bool = False

    @property
    def place(self) -> Place:
        """Where the row stands."""
        return (self.archive, self.csv, self.number)

    def text(self, name: str) -> str:
        """Return a field without the blanks around it; empty if the file has no such column."""
        return self.fields.get(name, "").strip()


@dataclass(frozen=True)
class Entry:
    """A row understood: its task, and its image's path relative to the data folder."""

    row: Row
    task: Task
    image: str

    @property
    def published_split(self) -> str:
        """The split that its data set gives the image, in an optional column; "" for none."""
        return self.row.text("split").lower()

    @property
    def sample(self) -> str:
        """The sample's key: it names no file, and is the same in every task that shares it.

        Folders after the first count, for two of them may use one name for different images.
        """
        folder = f"{self.row.archive}:" if self.row.archive > 1 else ""
        return sha256_bytes(f"{folder}{self.image}".encode())[:16]


def missing_columns(file: str, names: Sequence[str]) -> StudyError:
    """Return the error of a CSV file that lacks columns."""
    return StudyError(
        f"{CSV_FOLDER}/{file}: no column {', '.join(names)}; every CSV file there must follow the "
        "FM_UIA format, with its columns' names in the first line and commas between them"
    )


def unreadable_csv(file: str, error: Exception) -> StudyError:
    """Return the error of a file that is no CSV file."""
    return StudyError(
        f"{CSV_FOLDER}/{file} cannot be read as CSV in UTF-8 ({type(error).__name__}); save it as "
        "such"
    )


def _rows_of(archive: int, path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig") as handle:
        reader = csv.DictReader(handle, restval="")
        reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
        if missing := [name for name in REQUIRED_COLUMNS if name not in reader.fieldnames]:
            raise missing_columns(path.name, missing)
        for number, fields in enumerate(reader, start=1):
            # Values beyond the last column stand under the name None.
            known = {name: text for name, text in fields.items() if isinstance(name, str)}
            yield Row(path.name, number, known, archive, len(known) != len(fields))


def csv_files(root: Path) -> list[Path]:
    """Return the CSV files of a folder in this format, sorted by name; [] if there is none."""
    found = (root / CSV_FOLDER).glob("*.[cC][sS][vV]")
    # macOS leaves `._<name>` beside each file on a foreign disk.
    return sorted(path for path in found if not path.name.startswith("._"))


def read_rows(roots: Sequence[Path]) -> Iterator[Row]:
    """Yield every row of every CSV file under `csv_files` of each folder, files in sorted order.

    Raises StudyError when there is no CSV file, or one lacks a required column or is not UTF-8.
    """
    for archive, root in enumerate(roots, start=1):
        files = csv_files(root)
        if not files:
            raise StudyError(
                f"no {CSV_FOLDER}/*.csv in labelled folder {archive} of {len(roots)}; tasks.path "
                f"(or DATA) must name a folder that holds {CSV_FOLDER}/ with a table of its images"
            )
        for path in files:
            try:
                yield from _rows_of(archive, path)
            except (UnicodeDecodeError, csv.Error) as error:
                raise unreadable_csv(path.name, error) from None


def relative_path(text: str, field: str = "image_path") -> str:
    """Return a path that a row gives relative to `csv_files/` as relative to the data folder.

    Raises Defect, naming the row's `field`, when it is empty or leads out of the data folder.
    """
    if not text.strip():
        raise Defect("path_missing", f"{field} is empty", field)
    path = posixpath.normpath(posixpath.join(CSV_FOLDER, text.replace("\\", "/")))
    if path.startswith(("..", "/")) or PureWindowsPath(text).drive or "\0" in path:
        raise Defect("path_outside", f"{field} leads out of the data folder", field)
    return path


def parse_row(row: Row, tasks: Mapping[str, Task]) -> Entry:
    """Match a row with its task; raise Defect when the row contradicts the catalogue."""
    if row.is_malformed:
        raise Defect("malformed_row", "the row has more values than the file has columns")
    task = tasks.get(row.text("task_id"))
    if task is None:
        raise Defect("unknown_task", "task_id is not in the catalogue", "task_id")
    if row.text("task_name").lower() != task.type:
        raise Defect("wrong_task_name", f"task_name is not {TASK_NAMES[task.type]}", "task_name")
    classes = row.text("num_classes")
    if classes and task.type != "detection" and _number(classes) != task.num_classes:
        expected = f"num_classes is not {task.num_classes}"
        raise Defect("wrong_num_classes", expected, "num_classes", _number(classes))
    if row.text("split").lower() not in ("", *SPLITS):
        allowed = f"split is not empty or one of {', '.join(SPLITS)}"
        raise Defect("wrong_split", allowed, "split")
    return Entry(row, task, relative_path(row.fields["image_path"]))


def _number(text: str) -> float | None:
    """Return the number that a text is, however it is written: 2, 2.0, 2e0; None if it is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
