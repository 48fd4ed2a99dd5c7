"""Rows that a user refuses, after having looked at them.

A line names a task and an image: by the path that the archive's CSV gives, by that path from the
archive's folder, or by the file's name alone, if only one image of the task is called so. As in
`files.py`, spellings that differ in case, Unicode form or kinds of blanks are one.
"""

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline.tasks.challenge import Place, Row, relative_path
from pipeline.tasks.defects import Defect
from pipeline.tasks.files import folded
from pipeline.tasks.own_table import read_own_table

COLUMNS = ("task_id", "image_path")


@dataclass(frozen=True)
class Refusal:
    """One line of the file: its number there, the task, and the image as the user writes it."""

    line: int
    task: str
    image: str


@dataclass(frozen=True)
class Matched:
    """The archive's rows that are refused, and the lines that fit none, or several images."""

    places: frozenset[Place]
    unmatched: tuple[int, ...]


def read_refusals(path: Path) -> tuple[Refusal, ...]:
    """Read a file of refused rows; raise StudyError naming what is wrong with it."""
    lines = read_own_table("exclude_file", path, COLUMNS).lines
    cells = ((number, *(row[name].strip() for name in COLUMNS)) for number, row in lines)
    return tuple(Refusal(number, task, image) for number, task, image in cells)


def match_refusals(refusals: Sequence[Refusal], rows: Iterable[Row]) -> Matched:
    """Find the rows that each refusal means, among all rows of the archive."""
    images = _Images(rows) if refusals else _Images(())
    found = {refusal: images.find(refusal) for refusal in refusals}
    return Matched(
        frozenset(one.row.place for listed in found.values() for one in listed),
        tuple(sorted({refusal.line for refusal, listed in found.items() if not listed})),
    )


@dataclass(frozen=True)
class _Listed:
    """A row with its image's path from the archive's folder."""

    row: Row
    path: str

    @property
    def image(self) -> tuple[int, str]:
        return (self.row.archive, self.path)


class _Images:
    """All rows of an archive, by task and by path or name of the image."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_path: dict[tuple[str, str], list[_Listed]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[_Listed]] = defaultdict(list)
        for row in rows:
            try:
                path = relative_path(row.fields.get("image_path", ""))
            except Defect:
                continue
            task, listed = row.text("task_id"), _Listed(row, path)
            self._by_path[task, folded(path)].append(listed)
            self._by_name[task, folded(PurePosixPath(path).name)].append(listed)

    def find(self, refusal: Refusal) -> list[_Listed]:
        """Return the rows of the one image that is meant; none if there is no such image."""
        for path in _paths(refusal.image):
            listed = self._by_path.get((refusal.task, folded(path)), [])
            found = [one for one in listed if one.path == path] or listed
            if len({one.path for one in found}) == 1:
                return found
        found = self._by_name.get((refusal.task, folded(refusal.image)), [])
        return found if len({one.image for one in found}) == 1 else []


def _paths(image: str) -> Iterator[str]:
    """Yield what a text can mean: a path from `csv_files/`, or one from the archive's folder."""
    try:
        yield relative_path(image)
    except Defect:
        return
    yield posixpath.normpath(image.replace("\\", "/"))
