"""Which patient or clip an image comes from, read off its file name.

The data has no patient column, so three rules apply to the name, the first that fits:

1. `Patient01600_...` (FETAL_PLANES_DB, CAMUS): the patient, in whatever folder.
2. `<recording>.zhc_<number>` (the intrapartum videos): the recording, in whatever folder.
3. `<prefix>_<number>`: the prefix within its folder, unless it is shared by so many images of a
   task that it can only be a data set's running number.

Any other image stands alone.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.tasks.challenge import Entry

PATIENT = re.compile(r"(patient[ _-]?\d+)", re.IGNORECASE)
RECORDING = re.compile(r"(.+\.zhc)_\d+$", re.IGNORECASE)
NUMBERED = re.compile(r"(.+)_\d+$")


@dataclass(frozen=True)
class _Origin:
    name: str
    may_be_serial: bool


def _origin(image: str) -> _Origin:
    path = PurePosixPath(image)
    if found := PATIENT.match(path.stem):
        return _Origin(f"patient:{found[1].lower()}", False)
    if found := RECORDING.match(path.stem):
        return _Origin(f"recording:{found[1].lower()}", False)
    if found := NUMBERED.match(path.stem):
        return _Origin(f"{path.parent}/{found[1]}_", True)
    return _Origin(image, False)


def clips(entries: Sequence[Entry], max_share: float) -> list[str]:
    """Return the patient or clip of each entry, as a text equal for images of the same one.

    A numbered prefix that more than `max_share` of a task's images carry separates nothing, so
    its images stand alone.
    """
    origins = [_origin(entry.image) for entry in entries]
    rows_of_task = Counter(entry.task.id for entry in entries)
    rows_of_prefix = Counter(
        (entry.task.id, origin.name)
        for entry, origin in zip(entries, origins, strict=True)
        if origin.may_be_serial
    )
    serial = {
        name
        for (task, name), rows in rows_of_prefix.items()
        if rows > max_share * rows_of_task[task]
    }
    return [
        entry.image if origin.name in serial else origin.name
        for entry, origin in zip(entries, origins, strict=True)
    ]
