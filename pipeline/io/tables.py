"""Parquet and CSV tables with a declared schema (the artifact's contract)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StudyError
from pipeline.io.atomic import atomic_path

AT_ONCE = 1024  # rows that are objects of Python


def column(name: str, kind: pa.DataType, description: str) -> pa.Field:
    """Return a column of a contract; the description says what it holds, with units."""
    return pa.field(name, kind, metadata={"description": description})


def required(name: str, kind: pa.DataType, description: str) -> pa.Field:
    """Return a column that is never empty."""
    return column(name, kind, description).with_nullable(False)


def write_table(
    rows: Iterable[Mapping[str, Any]] | pd.DataFrame | pa.Table, schema: pa.Schema, path: Path
) -> None:
    """Write rows as Parquet with exactly the columns and types of `schema`.

    Rows are written in the order given: sort them first. Raises pyarrow's own error when a
    value does not fit its column.
    """
    plain = schema.remove_metadata()
    if isinstance(rows, pd.DataFrame):
        table = pa.Table.from_pandas(rows, schema=plain, preserve_index=False)
        table = table.replace_schema_metadata(None)
    elif isinstance(rows, pa.Table):
        table = rows.select(schema.names).cast(plain)
    else:
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=plain)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


@contextmanager
def open_table(schema: pa.Schema, path: Path) -> Iterator[Callable[[pa.Table], None]]:
    """Write a table part by part, as `write_table` writes it whole.

    Gives what takes the next part, whose columns may be more. Nothing is left at `path` when the
    block ends with an error.
    """
    plain = schema.remove_metadata()
    with (
        atomic_path(path) as temporary,
        pq.ParquetWriter(temporary, plain, compression="zstd") as writer,
    ):
        yield lambda part: writer.write_table(part.select(plain.names).cast(plain))


def read_arrow(path: Path, schema: pa.Schema, wanted: pc.Expression | None = None) -> pa.Table:
    """Read a Parquet file, or its wanted rows, and check it against its contract.

    Raises StudyError naming the file and the first column that does not fit.
    """
    table = pq.read_table(path, filters=wanted)
    _check(path, table.schema, schema)
    return table


def read_rows(path: Path, schema: pa.Schema) -> Iterator[dict[str, Any]]:
    """Yield the rows of a Parquet file, few of which are in memory, checked as `read_arrow` does.

    Raises StudyError like it, before the first row.
    """
    handle = pq.ParquetFile(path)
    _check(path, handle.schema_arrow, schema)
    for batch in handle.iter_batches(batch_size=AT_ONCE, columns=schema.names):
        yield from batch.to_pylist()


def _check(path: Path, found: pa.Schema, schema: pa.Schema) -> None:
    for field in schema:
        if field.name not in found.names:
            raise StudyError(f"{path}: column {field.name!r} is missing; rebuild this table")
        kind = found.field(field.name).type
        if kind != field.type:
            raise StudyError(
                f"{path}: column {field.name!r} is {kind}, not {field.type}; rebuild this table"
            )


def read_table(path: Path, schema: pa.Schema) -> pd.DataFrame:
    """Read a Parquet file as a DataFrame, checked against its contract."""
    frame: pd.DataFrame = read_arrow(path, schema).to_pandas()
    return frame
