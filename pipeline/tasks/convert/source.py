"""The files of a downloaded data set, each with exactly one fate."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pipeline.errors import StudyError
from pipeline.io.trees import walk_files
from pipeline.tasks.convert.refusals import Reason

Use = Literal["image", "label", "table"]
# A MetaImage header (.mhd) keeps its numbers in a second file.
DATA_SUFFIXES = (".raw", ".zraw")


@dataclass(frozen=True, order=True)
class Refused:
    """One line of `quarantine.csv`.

    Without `task` the file is not converted at all; with it, only its label for that task.
    """

    file: str
    task: str
    reason: Reason
    detail: str


class Source:
    """A data set's folder. Files are named by their path in it, with `/`, as they are spelt."""

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise StudyError(f"{root.name}: no such folder; give the unpacked data set's folder")
        self.root = root
        self.refused: list[Refused] = []
        self.used: dict[str, Use] = {}
        self.found: list[str] = []
        self.files: list[str] = []
        self._unusable: dict[str, Refused] = {}
        self._spelling: dict[str, str] = {}
        for name, _ in walk_files(root):
            self._register(name)

    def _register(self, name: bytes) -> None:
        try:
            file = name.decode()
            self.files.append(file)
            self._spelling.setdefault(file.casefold(), file)
        except UnicodeDecodeError:
            file = name.decode("utf-8", "backslashreplace")
            self.refuse(file, "bad_name", "the name is not UTF-8")
        self.found.append(file)

    def matching(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, re.Match[str]]]:
        """Yield every file whose path holds the pattern, sorted, with the match."""
        for file in self.files:
            if match := pattern.search(file):
                yield file, match

    def find(self, file: str) -> str | None:
        """Return how a file is really spelt, or None when there is none, whatever the case."""
        return self._spelling.get(file.casefold())

    def path(self, file: str) -> Path:
        """Return where a file lies on this machine."""
        return self.root / file

    def _with_data(self, file: str) -> list[str]:
        stem = PurePosixPath(file)
        if stem.suffix.lower() != ".mhd":
            return [file]
        parts = (self.find(str(stem.with_suffix(suffix))) for suffix in DATA_SUFFIXES)
        return [file, *(part for part in parts if part is not None)]

    def use(self, file: str, purpose: Use) -> None:
        """Note that a file was converted, or read as a table of labels."""
        for part in self._with_data(file):
            self.used[part] = purpose

    def refuse(self, file: str, reason: Reason, detail: str, task: str = "") -> None:
        """Note that a file is not converted, or that it gives no label for `task`."""
        if task:
            self.refused.append(Refused(file, task, reason, detail))
            return
        for part in self._with_data(file):
            self._unusable.setdefault(part, Refused(part, "", reason, detail))

    def close(self) -> None:
        """Give every file one fate: used, or refused as a whole, at the least as unrecognised.

        A file of several labels, some of them refused, is used.
        """
        for file in self.files:
            if file not in self.used:
                self.refuse(file, "unrecognised", "not part of the layout that is read")
        self.refused += [one for file, one in self._unusable.items() if file not in self.used]
        self.refused.sort()

    def text(self, file: str) -> str:
        """Return the text of a published list; raise StudyError when the file cannot be read."""
        self.use(file, "table")
        try:
            return self.path(file).read_text(encoding="utf-8-sig", errors="replace")
        except OSError:
            raise _unreadable(file) from None

    def rows(self, file: str, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield (number from 1, fields) of each row of a table; blanks at the ends are removed.

        Fields are separated by semicolons if the header has one, else by commas. Raises StudyError
        when a column is missing or the file is not UTF-8 text.
        """
        self.use(file, "table")
        name = PurePosixPath(file).name
        try:
            with self.path(file).open(newline="", encoding="utf-8-sig") as handle:
                header = handle.readline()
                separator = ";" if ";" in header else ","
                names = [part.strip() for part in next(csv.reader([header], delimiter=separator))]
                if missing := sorted(set(columns).difference(names)):
                    raise StudyError(
                        f"{name}: columns {', '.join(missing)} are missing; take the file as "
                        "published"
                    )
                rows = csv.DictReader(handle, names, restval="", delimiter=separator)
                for number, row in enumerate(rows, start=1):
                    yield number, {key: row[key].strip() for key in names}
        except OSError:
            raise _unreadable(file) from None
        except (UnicodeDecodeError, csv.Error, StopIteration):
            raise StudyError(f"{name}: not a table in UTF-8; take the file as published") from None


def _unreadable(file: str) -> StudyError:
    return StudyError(f"{PurePosixPath(file).name} cannot be read; take the file as published")
