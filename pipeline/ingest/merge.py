"""The tables of a scan, made of its batches in memory that hardly grows with the archive."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ingest.duplicates import numbers_of, with_reasons
from pipeline.ingest.tables import FILES
from pipeline.io.batches import in_batches

# Rows that are sorted and written at once, and batches that are parted at once.
AT_ONCE, BATCHES = 1 << 13, 64


def in_order(
    paths: Sequence[Path],
    repeats: npt.NDArray[np.object_],
    places: npt.NDArray[np.uint64],
    folder: Path,
    at_once: int = AT_ONCE,
) -> Iterator[pa.Table]:
    """Yield the rows of the batches at `paths`, sorted by instance, about `at_once` at a time.

    `repeats` has the reason of every file that repeats another, and `places` the beginning of its
    instance as a number; both are in the order of the batches. Until they are sorted, rows are
    kept in `folder`, as `part-*.arrow`.
    """
    limits = np.sort(places)[at_once::at_once]
    folder.mkdir(parents=True, exist_ok=True)
    parts = [folder / f"part-{number}.arrow" for number in range(len(limits) + 1)]
    _write_parts(paths, repeats, np.searchsorted(limits, places, side="right"), parts)
    for part in parts:
        yield _sorted(part)
        part.unlink()
        # What Arrow keeps of earlier parts for later ones would grow from part to part.
        pa.default_memory_pool().release_unused()


def _sorted(part: Path) -> pa.Table:
    with pa.OSFile(str(part)) as stored:
        return pa.ipc.open_stream(stored).read_all().sort_by("instance")


def _write_parts(
    paths: Sequence[Path],
    repeats: npt.NDArray[np.object_],
    numbers: npt.NDArray[np.intp],
    parts: Sequence[Path],
) -> None:
    """Write the rows of each number into the part of that number, in the order of the batches."""
    start = 0
    with ExitStack() as stack:
        files = [stack.enter_context(pa.OSFile(str(part), "wb")) for part in parts]
        writers = [stack.enter_context(pa.ipc.new_stream(file, FILES)) for file in files]
        for some in in_batches(paths, BATCHES):
            rows = pa.concat_tables([pq.read_table(path) for path in some]).cast(FILES)
            here = slice(start, start + len(rows))
            rows = with_reasons(rows, repeats[here])
            for number in np.unique(numbers[here]):
                writers[number].write_table(rows.filter(pa.array(numbers[here] == number)))
            start = here.stop


class Counts:
    """The counts of a scan; what was accepted and quarantined is what was discovered."""

    def __init__(self) -> None:
        self.accepted = self.quarantined = self._bytes = self._frames = 0
        self._reasons: Counter[str] = Counter()
        # Of each pseudonym 8 bytes: texts would be most of what a large archive's merge holds.
        self._distinct = {name: np.zeros(0, np.uint64) for name in ("patient", "study")}

    def add(self, instances: pa.Table, quarantine: pa.Table) -> None:
        """Count some rows of the two tables."""
        self.accepted += len(instances)
        self.quarantined += len(quarantine)
        for table in (instances, quarantine):
            self._bytes += pc.sum(table["source_bytes"]).as_py() or 0
        self._frames += pc.sum(instances["frames"]).as_py() or 0
        self._reasons.update(quarantine["reason"].to_pylist())
        for name, known in self._distinct.items():
            more = numbers_of(instances[name].to_pylist())[:, 0]
            self._distinct[name] = np.union1d(known, more)

    def as_json(self) -> dict[str, Any]:
        """Return all counts by name."""
        return {
            "discovered": self.accepted + self.quarantined,
            "accepted": self.accepted,
            "quarantined": self.quarantined,
            "bytes": self._bytes,
            "patients": len(self._distinct["patient"]),
            "studies": len(self._distinct["study"]),
            "frames": self._frames,
            "reasons": dict(sorted(self._reasons.items())),
        }
