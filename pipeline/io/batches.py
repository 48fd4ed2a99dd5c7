"""Long work in batches; each batch's table is kept as soon as it is done.

What a batch depends on is in the name of its table, so after a kill, or a change of some files,
only what is missing or other is done again.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.closure import ROOT, source_files
from pipeline.io.hashing import canonical_json, sha256_file

Item = TypeVar("Item")

# Batches, what a killed run left half-written, and rows that were still to be sorted.
KEPT = ("*.parquet", ".*.parquet.*.tmp", "part-*.arrow")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of `size` items; the last may be shorter."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


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
