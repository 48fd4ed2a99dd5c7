"""A CSV file that a user wrote, read with an error that says what is wrong and how to mend it.

Standard library only: the workflow itself reads this module.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import StudyError

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Line(NamedTuple):
    """One row: the file's line on which it ends, the header's being 1, and its cells.

    Cells beyond the last column stand under None.
    """

    number: int
    cells: Mapping[str | Any, Any]


class OwnTable(NamedTuple):
    """The columns and rows of a file."""

    columns: tuple[str, ...]
    lines: list[Line]


def read_own_table(key: str, path: Path, needed: Sequence[str]) -> OwnTable:
    """Read the CSV file of a params key that has at least the columns `needed`.

    Raises StudyError naming the key, the file and the remedy.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as handle:
            reader = csv.DictReader(handle, restval="")
            columns = tuple(name.strip() for name in reader.fieldnames or ())
            reader.fieldnames = columns
            lines = [Line(reader.line_num, cells) for cells in reader]
    except OSError:
        fault = f"{str(path)!r} is no file that can be read; write its path in full (/..., no ~)"
        raise StudyError(f"{key}: {fault}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise StudyError(
            f"{key}: {path.name} cannot be read as CSV in UTF-8 ({type(error).__name__}); save it "
            'as such (a spreadsheet calls it "CSV UTF-8")'
        ) from None
    if fault := _fault(columns, needed):
        raise StudyError(f"{key}: {path.name}, line 1: {fault}")
    return OwnTable(columns, lines)


def _fault(columns: Sequence[str], needed: Sequence[str]) -> str:
    """Say what is wrong with a file's first line, or nothing."""
    wanted = f"the first line must be {','.join(needed)}, in any order"
    if not any(columns):
        return f"it is empty; {wanted}"
    for separator, name in SEPARATORS.items():
        if len(columns) == 1 and separator in columns[0]:
            return f"its columns stand between {name}; save it with commas"
    if missing := [name for name in needed if name not in columns]:
        verb = "is" if len(missing) == 1 else "are"
        return f"column{'s' * (len(missing) > 1)} {', '.join(missing)} {verb} missing; {wanted}"
    return ""
