"""Identifying values in what the study writes as text: tables, JSON, logs, names of files."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_has_tag

from pipeline.deidentify.audit.patterns import looks_like
from pipeline.deidentify.audit.search import Searcher

TAG_DIGITS = 8
# Columns that ingest counts itself: some file's size is the digits of some patient's id.
SIZES = {"source_bytes"}


def of_the_standard(text: str) -> bool:
    """Tell whether a text is a UID or a tag of the standard.

    Their digits, `10008` or `00280010`, are also the digits of some patient's id.
    """
    if text in UID_dictionary:
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


def findings_in_table(path: Path, wanted: Searcher) -> Counter[str]:
    """Count identifying values in a Parquet table, its names and metadata too."""
    handle = pq.ParquetFile(path)
    names = [path.name, *handle.schema_arrow.names]
    for metadata in (handle.schema_arrow.metadata or {}, handle.metadata.metadata or {}):
        for name, value in metadata.items():
            if name != b"ARROW:schema":  # the same again, encoded
                names += [name.decode("utf-8", "replace"), value.decode("utf-8", "replace")]
    found = findings_in_texts(names, wanted)
    for group in range(handle.num_row_groups):
        rows = handle.read_row_group(group)
        for name in set(rows.column_names) - SIZES:
            found += _findings_in_column(rows[name], wanted)
    return found


def _findings_in_column(column: pa.ChunkedArray, wanted: Searcher) -> Counter[str]:
    values = [one for one in column.unique().to_pylist() if one is not None]
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return +Counter({"value": sum(map(wanted.count_number, values))})
    return findings_in_texts(map(str, values), wanted)


def findings_in_log(path: Path, wanted: Searcher) -> Counter[str]:
    """Count identifying values in a text file, line by line."""
    with path.open(encoding="utf-8", errors="replace") as handle:
        return findings_in_texts((path.name, *handle), wanted)
