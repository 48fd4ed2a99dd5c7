"""A chain through the rows of a table: to change, drop, add or move a row breaks it.

The link of a row is HMAC-SHA-256, under the study's key, of the link before it, a line feed and
the row as canonical JSON; the first row follows the table's name. Rows that were cut off at the
end leave a whole chain: the last link, the head, is therefore kept elsewhere, in `audit.json`.
`docs/privacy.md` has a program that checks it.
"""

import hashlib
import hmac

import pyarrow as pa

from pipeline.deidentify.tables import CHAIN
from pipeline.io.hashing import canonical_json

# Rows that are objects of Python at once.
AT_ONCE = 1024


def with_chain(table: pa.Table, name: str, key: bytes) -> pa.Table:
    """Return `table`, whose rows stand in their final order, with the column `chain`."""
    link, links = name, []
    for batch in table.to_batches(max_chunksize=AT_ONCE):
        for row in batch.to_pylist():
            content = f"{link}\n{canonical_json(row)}".encode()
            link = hmac.new(key, content, hashlib.sha256).hexdigest()
            links.append(link)
    return table.append_column(CHAIN, pa.array(links, CHAIN.type))
