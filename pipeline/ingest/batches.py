"""Read the archive in batches, side by side; each batch is kept as soon as it is done.

A batch is kept under a keyed digest of everything that it depends on: names, sizes and times of
its files, params, key, code. Whatever changes is read again, and nothing else is.
"""

import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pydicom

from pipeline.closure import ROOT, source_files
from pipeline.errors import StudyError
from pipeline.ingest.params import IngestParams
from pipeline.ingest.rows import file_row
from pipeline.ingest.tables import FILES
from pipeline.io.hashing import canonical_json, sha256_file
from pipeline.io.keys import pseudonym
from pipeline.io.sources import Source
from pipeline.io.tables import write_table

WAITING_PER_WORKER = 2


@dataclass(frozen=True)
class Reading:
    """How files are read, and the folder that keeps the batches."""

    params: IngestParams
    key: bytes
    partitions: int
    folder: Path

    def path(self, sources: list[Source]) -> Path:
        """Return where the batch of these sources is kept; the name tells nothing about them."""
        result = self.params.model_dump(exclude={"workers", "batch_files"})
        described = canonical_json([result, self.partitions, pydicom.__version__])
        files = (
            part
            for source in sources
            for part in (source.relative, repr((source.size, source.modified_ns, source.member)))
        )
        name = pseudonym(self.key, "batch", _code(), described, *files)
        return self.folder / f"{name}.parquet"


@cache
def _code() -> str:
    """Return a digest of the code that decides a file's fate."""
    return canonical_json({name: sha256_file(ROOT / name) for name in source_files(__name__)})


def in_batches(sources: Iterable[Source], size: int) -> Iterator[list[Source]]:
    """Yield lists of `size` sources; the last may be shorter."""
    left = iter(sources)
    while batch := list(islice(left, size)):
        yield batch


def read_batches(
    batches: Iterable[list[Source]], reading: Reading
) -> Iterator[tuple[list[Source], Path]]:
    """Yield every batch with the path at which its rows are kept, in the order given.

    Raises StudyError when a worker is killed, as by a machine that runs out of memory.
    """
    if reading.params.workers == 1:
        for batch in batches:
            yield batch, _read_batch(batch, reading)
        return
    waiting: deque[tuple[list[Source], Future[Path]]] = deque()
    with ProcessPoolExecutor(reading.params.workers, initializer=_end_with_parent) as pool:
        try:
            for batch in batches:
                waiting.append((batch, pool.submit(_read_batch, batch, reading)))
                if len(waiting) > WAITING_PER_WORKER * reading.params.workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()
        except BrokenProcessPool:
            raise StudyError(
                "ingest.workers: a process that read files was killed, perhaps for want of "
                "memory; use fewer, and run again: what was read is kept"
            ) from None


def _end_with_parent() -> None:
    """End this process when its parent is killed: it would wait for work for ever."""
    parent = parent_process()
    assert parent is not None, "a worker has a parent"

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _read_batch(sources: list[Source], reading: Reading) -> Path:
    path = reading.path(sources)
    if not _is_whole(path):
        rows = (
            file_row(source, reading.params, reading.key, reading.partitions) for source in sources
        )
        write_table(rows, FILES, path)
    return path


def _is_whole(path: Path) -> bool:
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def discard_batches(folder: Path) -> None:
    """Remove all kept batches, of earlier runs too, and what a killed run left half-written."""
    for path in [*folder.glob("*.parquet"), *folder.glob(".*.parquet.*.tmp")]:
        path.unlink()
