"""Identifying values in what the study writes as text: tables, JSON, logs, names of files."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydicom.datadict import dictionary_has_tag

from pipeline.deidentify.audit.findings import Findings, pseudonym_or
from pipeline.deidentify.audit.patterns import looks_like
from pipeline.deidentify.audit.search import Searcher
from pipeline.io.uids import is_registered

TAG_DIGITS = 8
# Columns that ingest counts itself: some file's size is the digits of some patient's id.
SIZES = {"source_bytes"}


def of_the_standard(text: str) -> bool:
    """Tell whether a text is a UID or a tag of the standard.

    Their digits, `10008` or `00280010`, are also the digits of some patient's id.
    """
    if is_registered(text):
        return True
    try:
        return len(text) == TAG_DIGITS and dictionary_has_tag(int(text, 16))
    except ValueError:
        return False


def findings_in_texts(texts: Iterable[str], wanted: Searcher) -> Counter[str]:
    """Count identifying values and patterns in texts."""
    found: Counter[str] = Counter()
    for text in texts:
        if not of_the_standard(text):
            found["value"] += wanted.count(text)
            found.update({f"pattern_{kind}": count for kind, count in looks_like(text).items()})
    return +found


def findings_in_table(path: Path, wanted: Searcher) -> Findings:
    """Count identifying values in a Parquet table, its names and metadata too."""
    handle = pq.ParquetFile(path)
    names = [path.name, *handle.schema_arrow.names]
    for metadata in (handle.schema_arrow.metadata or {}, handle.metadata.metadata or {}):
        for name, value in metadata.items():
            if name != b"ARROW:schema":  # the same again, encoded
                names += [name.decode("utf-8", "replace"), value.decode("utf-8", "replace")]
    found = Findings()
    for kind, count in findings_in_texts(names, wanted).items():
        found.note(f"{kind}_in_table {path.name}", "the names of columns, or metadata", count)
    before = 0
    for group in range(handle.num_row_groups):
        rows = handle.read_row_group(group)
        for place, name in enumerate(rows.column_names, 1):
            if name in SIZES:
                continue
            # A column's own name may be somebody's too.
            label = f"column {place}" if wanted.count(name) else name
            for value, counts in _findings_in_column(rows[name], wanted):
                where = f"{_row_of(rows, name, value, before)}, {label}"
                for kind, count in counts.items():
                    found.note(f"{kind}_in_table {path.name}", where, count)
        before += len(rows)
    return found


def _findings_in_column(
    column: pa.ChunkedArray, wanted: Searcher
) -> Iterator[tuple[Any, Counter[str]]]:
    """Yield each value in which something is found, with the counts of what."""
    numeric = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    for value in column.unique().to_pylist():
        if value is None:
            continue
        if numeric:
            counts = +Counter({"value": wanted.count_number(value)})
        else:
            counts = findings_in_texts((str(value),), wanted)
        if counts:
            yield value, counts


def _row_of(rows: pa.Table, column: str, value: Any, before: int) -> str:
    """Return the first row with a value: its instance's pseudonym, else its number from 1 on."""
    index = pc.index(rows[column], pa.scalar(value, rows[column].type)).as_py()
    number = f"row {before + index + 1}"
    if column == "instance" or "instance" not in rows.column_names:
        return number
    return pseudonym_or(rows["instance"][index].as_py(), number)


def findings_in_log(path: Path, wanted: Searcher) -> Findings:
    """Count identifying values in a text file, line by line."""
    found = Findings()
    with path.open(encoding="utf-8", errors="replace") as handle:
        for number, line in enumerate((path.name, *handle)):
            where = f"line {number}" if number else "the file's name"
            for kind, count in findings_in_texts((line,), wanted).items():
                found.note(f"{kind}_in_log {path.name}", where, count)
    return found
