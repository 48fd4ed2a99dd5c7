"""Of files that are the same, the first in the order of the walk is used."""

from collections.abc import Sequence

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
DIGITS = 32
Numbers = npt.NDArray[np.uint64]


class Repeats:
    """Learns of files batch by batch, in the order of the walk, and keeps 48 bytes of each."""

    def __init__(self) -> None:
        self._usable: list[npt.NDArray[np.bool_]] = []
        self._digests: dict[str, list[Numbers]] = {name: [] for name in SAME_IN.values()}

    def add(self, files: pa.Table) -> None:
        """Take the next rows of `FILES`: the reason and the columns of `SAME_IN`."""
        usable = pc.equal(files["reason"], "")
        self._usable.append(usable.to_numpy())
        for name, kept in self._digests.items():
            kept.append(numbers_of(files[name].filter(usable).to_pylist()))

    def reasons(self) -> npt.NDArray[np.object_]:
        """Return for every file the reason for which it repeats a usable one, or an empty text."""
        usable = np.flatnonzero(_joined(self._usable, np.zeros(0, bool)))
        reasons = np.full(sum(map(len, self._usable)), "", object)
        left = np.arange(len(usable))
        for reason, name in SAME_IN.items():
            digests = _joined(self._digests[name], np.zeros((0, 2), np.uint64))
            again = _repeated(digests[left])
            reasons[usable[left[again]]] = reason
            left = left[~again]
        return reasons


def numbers_of(digests: Sequence[str]) -> Numbers:
    """Return the first 32 hexadecimal digits of each digest as two numbers `_N2`.

    They are in the order of the texts.
    """
    digits = "".join(digest[:DIGITS] for digest in digests)
    return np.frombuffer(bytes.fromhex(digits), ">u8").astype(np.uint64).reshape(-1, 2)


def _joined(parts: list[npt.NDArray], none: npt.NDArray) -> npt.NDArray:  # type: ignore[type-arg]
    return np.concatenate(parts) if parts else none


def _repeated(digests_N2: Numbers) -> npt.NDArray[np.bool_]:
    """Return which digests have occurred before."""
    # Equal ones stay in the order in which they came.
    order = np.lexsort(digests_N2.T[::-1])
    ordered = digests_N2[order]
    repeated = np.zeros(len(order), bool)
    repeated[order[1:]] = (ordered[1:] == ordered[:-1]).all(axis=1)
    return repeated


def with_reasons(files: pa.Table, repeats: npt.NDArray[np.object_]) -> pa.Table:
    """Return rows of `FILES` with the reasons of those that repeat a usable file."""
    found = pa.array(repeats, pa.string())
    words = pa.array([REASONS.get(reason, "") for reason in repeats], pa.string())
    again = pc.not_equal(found, "")
    for name, values in (("reason", found), ("detail", words)):
        place = files.schema.get_field_index(name)
        column = pc.if_else(again, values, files[name])
        files = files.set_column(place, files.schema.field(name), column)
    return files
