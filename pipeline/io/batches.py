"""Long work in batches, side by side; each batch's table is kept as soon as it is done.

What a batch depends on is in the name of its table, so after a kill, or a change of some files,
only what is missing or other is done again.
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.closure import ROOT, source_files
from pipeline.errors import StudyError
from pipeline.io.hashing import canonical_json, sha256_file

Item = TypeVar("Item")
Batch = TypeVar("Batch")

WAITING_PER_WORKER = 2
# Batches, what a killed run left half-written, and rows that were still to be sorted.
KEPT = ("*.parquet", ".*.parquet.*.tmp", "part-*.arrow")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of `size` items; the last may be shorter."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def map_batches(
    work: Callable[[Batch], Path], batches: Iterable[Batch], workers: int, key: str
) -> Iterator[tuple[Batch, Path]]:
    """Yield every batch with the path that `work` returns for it, in the order given.

    Few batches are taken ahead of the one yielded, so memory does not grow with their number.
    Raises StudyError naming the params `key` when a worker is killed, as by a machine that runs
    out of memory.
    """
    if workers == 1:
        for batch in batches:
            yield batch, work(batch)
        return
    waiting: deque[tuple[Batch, Future[Path]]] = deque()
    with ProcessPoolExecutor(workers, initializer=_end_with_parent) as pool:
        try:
            for batch in batches:
                waiting.append((batch, pool.submit(work, batch)))
                if len(waiting) > WAITING_PER_WORKER * workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()
        except BrokenProcessPool:
            raise StudyError(
                f"{key}: a process that read files was killed, perhaps for want of "
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


def code_digests(module: str) -> str:
    """Return, as JSON, the digests of all files of this project that `module` depends on."""
    return canonical_json({name: sha256_file(ROOT / name) for name in source_files(module)})


def is_whole(path: Path) -> bool:
    """Say whether a batch's table is there and can be read."""
    try:
        pq.read_metadata(path)
    except (OSError, pa.ArrowInvalid):
        return False
    return True


def discard_batches(folder: Path) -> None:
    """Remove all kept batches, of earlier runs too, and what a killed run left half-written."""
    for path in list(chain.from_iterable(map(folder.glob, KEPT))):
        path.unlink()
