"""A chain through the rows of a table: to change, drop, add or move a row breaks it.

The link of a row is HMAC-SHA-256, under the study's key, of the link before it, a line feed and
the row as canonical JSON; the first row follows the table's name. Rows that were cut off at the
end leave a whole chain: the last link, the head, is therefore kept elsewhere, in `audit.json`.
`docs/privacy.md` has a program that checks it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from pipeline.deidentify.join import Row, merged, write_rows
from pipeline.deidentify.tables import CHAIN
from pipeline.io.hashing import canonical_json


def chained(rows: Iterable[Row], name: str, key: bytes) -> Iterator[Row]:
    """Yield rows, which come in their final order, with their links."""
    link = name
    for row in rows:
        content = f"{link}\n{canonical_json(row)}".encode()
        link = hmac.new(key, content, hashlib.sha256).hexdigest()
        yield row | {CHAIN.name: link}


def join_chained(
    parts: Sequence[Path], schema: pa.Schema, path: Path, name: str, key: bytes
) -> None:
    """Write the table `name`: the rows of all parts, by instance as they are in each, chained.

    Memory does not grow with the rows.
    """
    columns = [column for column in schema.names if column != CHAIN.name]
    rows = merged(parts, columns, itemgetter("instance"))
    write_rows(chained(rows, name, key), schema, path)
