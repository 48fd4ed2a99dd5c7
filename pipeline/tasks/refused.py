"""Rows that a user refuses, after having looked at them."""

import csv
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.errors import StudyError
from pipeline.tasks.challenge import Entry

COLUMNS = ("task_id", "image_path")


@dataclass(frozen=True)
class Refused:
    """(task id, image) of rows that a user refuses; an image is a path of the archive or a name."""

    images: frozenset[tuple[str, str]]

    def __contains__(self, entry: Entry) -> bool:
        name = PurePosixPath(entry.image).name
        given = entry.row.fields["image_path"]
        return any((entry.task.id, image) in self.images for image in (given, name))


def read_refused(path: Path) -> Refused:
    """Read a file of refused rows; raise StudyError naming what is wrong with it."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            rows = list(csv.DictReader(handle, restval=""))
        return Refused(frozenset((row["task_id"], row["image_path"]) for row in rows))
    except (OSError, KeyError, UnicodeDecodeError, csv.Error):
        raise StudyError(
            f"exclude_file: {path.name} is no readable CSV file in UTF-8 with the columns "
            f"{' and '.join(COLUMNS)}"
        ) from None
