"""Tables of parts joined in one order, in memory that does not grow with their rows."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io.batches import in_batches
from pipeline.io.tables import open_table

# Rows that are objects of Python at once; the second of each part.
AT_ONCE, OF_A_PART = 4096, 256
Row = dict[str, Any]


def merged(
    parts: Sequence[Path], columns: Sequence[str], order: Callable[[Row], Any]
) -> Iterator[Row]:
    """Yield the rows of all parts by `order`, in which the rows of each part come already."""
    return merge(*(_rows(part, columns) for part in parts), key=order)


def write_rows(rows: Iterable[Row], schema: pa.Schema, path: Path) -> None:
    """Write rows that come in their final order; one row group for each `AT_ONCE` of them."""
    with open_table(schema, path) as write:
        for some in in_batches(rows, AT_ONCE):
            write(pa.Table.from_pylist(some, schema))


def _rows(part: Path, columns: Sequence[str]) -> Iterator[Row]:
    for batch in pq.ParquetFile(part).iter_batches(batch_size=OF_A_PART, columns=list(columns)):
        yield from batch.select(list(columns)).to_pylist()
