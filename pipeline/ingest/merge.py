"""The tables of a scan, made of its batches in memory that does not grow with the archive."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.ingest.duplicates import Numbers, Repeats, numbers_of, with_reasons
from pipeline.ingest.tables import FILES
from pipeline.io.batches import in_batches

# Rows that are sorted and written at once, about, and batches that are parted at once.
AT_ONCE, BATCHES = 1 << 13, 64


def in_order(
    paths: Sequence[Path],
    files: int,
    folder: Path,
    at_once: int = AT_ONCE,
) -> Iterator[pa.Table]:
    """Yield the rows of the batches at `paths`, sorted by instance, about `at_once` at a time.

    A file that repeats an earlier one has its reason. The batches have `files` rows in all, and
    are in the order of the walk. Until they are sorted, rows are kept in `folder`, as
    `part-*.arrow`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts = [folder / f"part-{number}.arrow" for number in range(-(-files // at_once) or 1)]
    _write_parts(paths, parts)
    for part in parts:
        yield _sorted(part)
        part.unlink()
        # What Arrow keeps of earlier parts for later ones would grow from part to part.
        pa.default_memory_pool().release_unused()


def _sorted(part: Path) -> pa.Table:
    with pa.OSFile(str(part)) as stored:
        return pa.ipc.open_stream(stored).read_all().sort_by("instance")


def _write_parts(paths: Sequence[Path], parts: Sequence[Path]) -> None:
    """Write each row into the part of its instance: later parts have higher ones."""
    repeats = Repeats()
    with ExitStack() as stack:
        files = [stack.enter_context(pa.OSFile(str(part), "wb")) for part in parts]
        writers = [stack.enter_context(pa.ipc.new_stream(file, FILES)) for file in files]
        for some in in_batches(paths, BATCHES):
            rows = pa.concat_tables([pq.read_table(path) for path in some]).cast(FILES)
            # In one piece: else parts are as many pieces as the archive has batches.
            rows = with_reasons(rows, repeats.add(rows)).combine_chunks()
            numbers = _part_numbers(rows, len(parts))
            rows = rows.take(np.argsort(numbers, kind="stable"))
            ends = np.bincount(numbers.astype(np.intp), minlength=len(parts)).cumsum()
            for writer, (start, end) in zip(writers, pairwise((0, *ends)), strict=True):
                if start < end:
                    writer.write_table(rows[start:end])


def _part_numbers(rows: pa.Table, parts: int) -> Numbers:
    """Return the part of each row; keyed digests fall evenly into parts of equal ranges."""
    places = numbers_of(rows["instance"].to_pylist())
    half = np.uint64(32)
    return ((places >> half) * np.uint64(parts)) >> half


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
            more = numbers_of(instances[name].to_pylist())
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
