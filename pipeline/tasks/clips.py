"""Which patient or clip an image comes from: a column of the table, or the image's file name.

The challenge's data has no patient column, so three rules apply to the name, the first that fits:

1. `Patient01600_...` (FETAL_PLANES_DB, CAMUS): the patient, in whatever folder.
2. `<recording>.zhc_<number>` (the intrapartum videos): the recording, in whatever folder.
3. `<prefix>_<number>`: the prefix within its folder, unless it is shared by so many images of a
   task that it can only be a data set's running number.

Any other image stands alone. Names are compared as file systems do that know no case and one kind
of blank, for one table may spell a folder otherwise than another. Equal names in two archives are
taken for one patient or clip, as the later part of an archive may go on with its patients.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.tasks.challenge import Entry
from pipeline.tasks.files import folded
from pipeline.tasks.labels import is_empty

PATIENT = re.compile(r"(patient[ _-]?\d+)", re.IGNORECASE)
RECORDING = re.compile(r"(.+\.zhc)_\d+$", re.IGNORECASE)
NUMBERED = re.compile(r"(.+)_\d+$")
# A patient's number, also as pandas writes it beside an empty cell.
WHOLE_NUMBER = re.compile(r"0*(\d+)(\.0*)?")
UNKNOWN = {"unknown", "?", "-"}


@dataclass(frozen=True)
class _Origin:
    name: str
    may_be_serial: bool


@dataclass(frozen=True)
class Clips:
    """The patient or clip of each row, a text equal for images of the same one.

    `running_numbers` are the prefixes that separate nothing, each with its number of rows.
    """

    names: list[str]
    running_numbers: dict[str, int]


def patient_of(text: str) -> str:
    """Return a patient's name as it is compared: 7, 7.0 and 007 are one; "" is unknown."""
    name = folded(text)
    if is_empty(name) or name in UNKNOWN:
        return ""
    number = WHOLE_NUMBER.fullmatch(name)
    return number[1] if number else name


def _origin(image: str) -> _Origin:
    path = PurePosixPath(folded(image))
    if found := PATIENT.match(path.stem):
        return _Origin(f"patient:{found[1]}", False)
    if found := RECORDING.match(path.stem):
        return _Origin(f"recording:{found[1]}", False)
    if found := NUMBERED.match(path.stem):
        return _Origin(f"{path.parent}/{found[1]}_", True)
    return _Origin(str(path), False)


def clips(entries: Sequence[Entry], max_share: float) -> Clips:
    """Tell the patient or clip of each entry by its image's name.

    A numbered prefix separates nothing, so that its images stand alone, if more than `max_share`
    of the images carry it in the task that has most of them. A few of them in a small task do not
    part a clip of a large one.
    """
    origins = [_origin(entry.image) for entry in entries]
    rows_of_task = Counter(entry.task.id for entry in entries)
    rows_of_prefix: dict[str, Counter[str]] = defaultdict(Counter)
    for entry, origin in zip(entries, origins, strict=True):
        if origin.may_be_serial:
            rows_of_prefix[origin.name][entry.task.id] += 1
    running = {
        name: rows.total()
        for name, rows in rows_of_prefix.items()
        if all(
            count > max_share * rows_of_task[task]
            for task, count in rows.items()
            if count == max(rows.values())
        )
    }
    names = [
        folded(entry.image) if origin.name in running else origin.name
        for entry, origin in zip(entries, origins, strict=True)
    ]
    return Clips(names, running)
