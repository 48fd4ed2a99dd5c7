"""Check that nobody changed, dropped, added or moved a row of the ledgers after they were written.

Each row's `chain` is HMAC-SHA-256, under the study's key, of the row before's `chain`, a line feed
and the row as JSON with sorted keys and no blanks; the first row follows the table's name. What a
row states is compared at once: no row is kept.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

from pipeline.deidentify.audit.findings import Findings, pseudonym_or
from pipeline.deidentify.audit.frame_table import Instance
from pipeline.deidentify.audit.search import DigestSet, digest

# What a row of the ledger tells of what was written; of a rejected instance there is none.
WRITTEN = (
    "frames", "decoder", "decoder_version", "sector_basis", "blanked_share", "text_boxes",
    "actions", "pixels_sha256", "object_sha256",
)  # fmt: skip
Row = dict[str, Any]


class Chain(NamedTuple):
    """The numbers of the rows, from 1, that do not follow from the one before; the last link."""

    broken: list[int]
    head: str


class Ledger(NamedTuple):
    """What is wrong with the chained tables, their heads, and digests of the objects' digests."""

    findings: Findings
    heads: dict[str, str]
    objects: DigestSet


def follow(path: Path, key: bytes, compare: Callable[[Row], None] = lambda row: None) -> Chain:
    """Read a chained table, some rows at a time; each goes to `compare` without its link."""
    head, broken, number = path.stem, list[int](), 0
    for batch in pq.ParquetFile(path).iter_batches(batch_size=1000):
        for row in batch.to_pylist():
            stated = row.pop("chain", None)
            text = json.dumps(row, sort_keys=True, separators=(",", ":"))
            due = hmac.new(key, f"{head}\n{text}".encode(), hashlib.sha256).hexdigest()
            number += 1
            if due != stated:
                broken.append(number)
            head = str(stated)
            compare(row)
    return Chain(broken, head)


class _Rows:
    """Compares the rows of both chained tables with the instances, and with each other."""

    def __init__(self, known: Iterable[str], instances: Mapping[str, Instance]) -> None:
        self.findings = Findings()
        self.objects = DigestSet()
        self._instances = instances
        # What is due and did not come yet, and why the ledger calls an instance rejected.
        self._due = set(instances)
        self._due.update(name for name in known if name not in instances)
        self._rejected: dict[str, tuple[str, str]] = {}

    def ledger(self, row: Row) -> None:
        """Compare a row of the ledger with the table of frames."""
        name, reason = row.get("instance", ""), row.get("reason", "")
        frames = self._instances.get(name)
        place = pseudonym_or(name, "a row without a pseudonym")
        self._extra("ledger", name in self._due, place)
        self._due.discard(name)
        if row.get("object_sha256"):
            self.objects.add(digest(row["object_sha256"].encode()))
        if reason:
            self._rejected[name] = reason, row.get("detail", "")
            wrong = frames is not None or any(row.get(column) for column in WRITTEN)
            self.findings.note("rejected_but_written", place, wrong)
        elif frames is None:
            self._extra("ledger", False, place)
        else:
            other = row.get("frames") != frames.frames
            self.findings.note("frames_not_as_in_ledger", place, other)
            other = row.get("pixels_sha256") != frames.pixels.hex()
            self.findings.note("pixels_not_as_in_ledger", place, other)

    def rejected(self, row: Row) -> None:
        """Compare a row of the rejected instances with the ledger, of which all rows came."""
        stated = self._rejected.pop(row.get("instance", ""), None)
        place = pseudonym_or(row.get("instance"), "a row without a pseudonym")
        self._extra("rejected", stated is not None, place)
        other = stated not in {None, (row.get("reason"), row.get("detail"))}
        self.findings.note("rejected_not_as_in_ledger", place, other)

    def finish(self) -> None:
        """Count the rows that were due and did not come."""
        for table, missing in (("ledger", self._due), ("rejected", self._rejected)):
            for name in sorted(missing):
                self._extra(table, False, pseudonym_or(name, "a row without a pseudonym"))

    def _extra(self, table: str, is_due: bool, place: str) -> None:
        self.findings.note(f"row_missing_or_extra {table}.parquet", place, not is_due)


def check_chains(tables: Sequence[Path], instances: Mapping[str, Instance], key: bytes) -> Ledger:
    """Return findings, the head of each chained table, and what the ledger states.

    A chain cannot tell that its end was cut off, so every instance that ingest accepted must have
    its row of the ledger: with frames in `instances`, or with a reason, which also stands among
    the rejected.
    """
    paths = {path.stem: path for path in tables}
    rows = _Rows(_names(paths["instances"]), instances)
    compare = {"ledger": rows.ledger, "rejected": rows.rejected}
    chains = {name: follow(paths[name], key, compare[name]) for name in compare}
    rows.finish()
    for name, chain in chains.items():
        for number in chain.broken:
            rows.findings.note(f"chain_broken {paths[name].name}", f"row {number}")
    heads = {name: chain.head for name, chain in chains.items()}
    return Ledger(rows.findings, heads, rows.objects)


def _names(table: Path) -> Iterator[str]:
    for batch in pq.ParquetFile(table).iter_batches(batch_size=1000, columns=["instance"]):
        yield from batch["instance"].to_pylist()
