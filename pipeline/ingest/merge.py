"""The tables of a scan, made of its batches in memory that hardly grows with the archive."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ingest.duplicates import with_reasons
from pipeline.ingest.tables import FILES

# Rows that are sorted and written at once.
AT_ONCE = 1 << 16


def in_order(
    paths: Sequence[Path],
    repeats: npt.NDArray[np.object_],
    places: npt.NDArray[np.uint64],
    at_once: int = AT_ONCE,
) -> Iterator[pa.Table]:
    """Yield the rows of the batches at `paths`, sorted by instance, about `at_once` at a time.

    `repeats` has the reason of every file that repeats another, and `places` the beginning of its
    instance as a number; both are in the order of the batches. They are read once for each table.
    """
    limits = np.sort(places)[::at_once]
    for number, first in enumerate(limits):
        chosen = places >= first
        if number + 1 < len(limits):
            chosen &= places < limits[number + 1]
        yield _chosen(paths, repeats, chosen).sort_by("instance")
    if not len(limits):
        yield FILES.empty_table()


def _chosen(
    paths: Sequence[Path], repeats: npt.NDArray[np.object_], chosen: npt.NDArray[np.bool_]
) -> pa.Table:
    tables, start = [], 0
    for path in paths:
        rows = pq.read_table(path)
        part = slice(start, start + len(rows))
        some = chosen[part]
        tables.append(with_reasons(rows.filter(pa.array(some)), repeats[part][some]))
        start = part.stop
    return pa.concat_tables(tables)


class Counts:
    """The counts of a scan; what was accepted and quarantined is what was discovered."""

    def __init__(self) -> None:
        self.accepted = self.quarantined = self._bytes = self._frames = 0
        self._reasons: Counter[str] = Counter()
        self._distinct = {name: pa.array([], pa.string()) for name in ("patient", "study")}

    def add(self, instances: pa.Table, quarantine: pa.Table) -> None:
        """Count some rows of the two tables."""
        self.accepted += len(instances)
        self.quarantined += len(quarantine)
        for table in (instances, quarantine):
            self._bytes += pc.sum(table["source_bytes"]).as_py() or 0
        self._frames += pc.sum(instances["frames"]).as_py() or 0
        self._reasons.update(quarantine["reason"].to_pylist())
        for name, known in self._distinct.items():
            more = pc.unique(instances[name])
            self._distinct[name] = pc.unique(pa.concat_arrays([known, more]))

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
