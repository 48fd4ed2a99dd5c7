"""Of files that are the same, the first in the order of the walk is used."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.ingest.tables import REASONS

# Reason code, and the column in which such files agree; a file is set aside for the first.
SAME_IN = {
    "duplicate": "source_sha256",
    "duplicate_pixels": "pixels",
    "duplicate_uid": "object",
}
# So much of a keyed or cryptographic digest tells files apart; an archive may have millions.
DIGITS, NUMBER_DIGITS = 32, 16
Numbers = npt.NDArray[np.uint64]


class Repeat(NamedTuple):
    """Why a file repeats another one, and the instance of that; both empty if it does not."""

    reason: str = ""
    twin: str = ""


class Repeats:
    """Knows the digests of all usable files so far, in a nameless database on disk.

    Memory does not grow with their number, and the database is gone with the process.
    """

    def __init__(self) -> None:
        self._known = sqlite3.connect("")
        # What is lost with the process needs neither a journal nor a lock.
        self._known.execute("PRAGMA journal_mode = OFF")
        self._known.execute(
            "CREATE TABLE known (reason TEXT, digest BLOB, instance BLOB, "
            "PRIMARY KEY (reason, digest)) WITHOUT ROWID"
        )

    def add(self, files: pa.Table) -> list[Repeat]:
        """Take the next rows of `FILES`, in the order of the walk.

        Return for each which usable file it repeats, if any, and in what.
        """
        columns = (files[name].to_pylist() for name in ("reason", "instance", *SAME_IN.values()))
        rows = zip(*columns, strict=True)
        return [
            Repeat() if refused else self._repeat(instance, digests)
            for refused, instance, *digests in rows
        ]

    def _repeat(self, instance: str, digests: Sequence[str]) -> Repeat:
        for reason, digest in zip(SAME_IN, digests, strict=True):
            key = reason, bytes.fromhex(digest[:DIGITS])
            row = *key, bytes.fromhex(instance)
            add = "INSERT OR IGNORE INTO known VALUES (?, ?, ?)"
            if not self._known.execute(add, row).rowcount:
                known = "SELECT instance FROM known WHERE reason = ? AND digest = ?"
                (twin,) = self._known.execute(known, key).fetchone()
                return Repeat(reason, twin.hex())
        return Repeat()


def numbers_of(digests: Sequence[str]) -> Numbers:
    """Return the first 16 hexadecimal digits of each digest as a number, in the texts' order."""
    digits = "".join(digest[:NUMBER_DIGITS] for digest in digests)
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64)


def with_reasons(files: pa.Table, repeats: Sequence[Repeat]) -> pa.Table:
    """Return rows of `FILES` with the reasons of those that repeat a usable file."""
    found = pa.array([repeat.reason for repeat in repeats], pa.string())
    words = pa.array([REASONS.get(repeat.reason, "") for repeat in repeats], pa.string())
    twins = pa.array([repeat.twin for repeat in repeats], pa.string())
    again = pc.not_equal(found, "")
    for name, values in (("reason", found), ("detail", words), ("twin", twins)):
        place = files.schema.get_field_index(name)
        column = pc.if_else(again, values, files[name])
        files = files.set_column(place, files.schema.field(name), column)
    return files
