"""Check that nobody changed, dropped, added or moved a row of the ledgers after they were written.

Each row's `chain` is HMAC-SHA-256, under the study's key, of the row before's `chain`, a line feed
and the row as JSON with sorted keys and no blanks; the first row follows the table's name.
"""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import NamedTuple

import pyarrow.parquet as pq

from pipeline.deidentify.audit.frame_table import Instance

CHAINED = ("ledger", "rejected")


class Chain(NamedTuple):
    """A table's instances, how many of its rows do not follow, and its last link.

    `pixels` has what the rows state of an instance's pixels, `objects` of what was exported.
    """

    pixels: dict[str, str | None]
    objects: set[str]
    broken: int
    head: str


class Ledger(NamedTuple):
    """What is wrong with the chained tables, their heads, and what the ledger states."""

    findings: Counter[str]
    heads: dict[str, str]
    pixels: dict[str, str | None]
    objects: set[str]

    def others(self, instances: Mapping[str, Instance]) -> int:
        """Count the instances that have other pixels than the ledger states."""
        return sum(
            self.pixels.get(name, due.pixels_sha256) != due.pixels_sha256
            for name, due in instances.items()
        )


def follow(path: Path, key: bytes) -> Chain:
    """Read a chained table, some rows at a time."""
    head, broken = path.stem, 0
    pixels: dict[str, str | None] = {}
    objects: set[str] = set()
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1000):
        for row in batch.to_pylist():
            stated = row.pop("chain", None)
            pixels[row["instance"]] = row.get("pixels_sha256")
            objects.add(row.get("object_sha256") or "")
            text = json.dumps(row, sort_keys=True, separators=(",", ":"))
            due = hmac.new(key, f"{head}\n{text}".encode(), hashlib.sha256).hexdigest()
            broken += due != stated
            head = str(stated)
    return Chain(pixels, objects - {""}, broken, head)


def check_chains(tables: Sequence[Path], cleaned: Set[str], key: bytes) -> Ledger:
    """Return findings, the head of each chained table, and what the ledger states.

    A chain cannot tell that its end was cut off, so every instance must have its row: those that
    are `cleaned` in the ledger, the others among the rejected.
    """
    paths = {path.stem: path for path in tables}
    chains = {name: follow(paths[name], key) for name in CHAINED}
    known = pq.read_table(paths["instances"], columns=["instance"])["instance"].to_pylist()
    due = {"ledger": cleaned, "rejected": set(known) - cleaned}
    findings: Counter[str] = Counter()
    for name, chain in chains.items():
        findings[f"chain_broken {paths[name].name}"] += chain.broken
        findings[f"row_missing_or_extra {paths[name].name}"] += len(chain.pixels.keys() ^ due[name])
    heads = {name: chain.head for name, chain in chains.items()}
    return Ledger(findings, heads, chains["ledger"].pixels, chains["ledger"].objects)
