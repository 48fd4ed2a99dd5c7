"""What the table of frames says: of each instance, and of the frames of one instance at a time."""

import hashlib
import json
from collections.abc import Container, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.deidentify.audit.search import digest

SIDES = ("sector_x0", "sector_y0", "sector_x1", "sector_y1")
Box = tuple[int, int, int, int]
Row = dict[str, Any]


class Instance(NamedTuple):
    """What is said of an instance.

    `box` is what was kept of all its frames, `pixels` the SHA-256 of the JSON list of their
    digests, in order.
    """

    patient: str
    box: Box
    frames: int
    pixels: bytes


def ingested_digests(table: Path, cleaned: Container[str]) -> dict[str, int]:
    """Return digests, in 8 bytes, of the SHA-256 that ingest has of the file of each instance.

    Of those `cleaned` alone: of another one nothing was written.
    """
    found: dict[str, int] = {}
    columns = ["instance", "source_sha256"]
    for batch in pq.ParquetFile(table).iter_batches(batch_size=1024, columns=columns):
        for row in batch.to_pylist():
            if row["instance"] in cleaned:
                found[row["instance"]] = digest(str(row["source_sha256"]).encode())
    return found


def stated_instances(table: Path) -> dict[str, Instance]:
    """Return what the table says by instance; its rows are read some at a time."""
    rows = _rows(table, ("instance", "patient", "pixels_sha256", *SIDES))
    found = {}
    patients, boxes = dict[str, str](), dict[Box, Box]()
    for name, group in groupby(rows, itemgetter("instance")):
        frames = list(group)
        digests = json.dumps([row["pixels_sha256"] for row in frames], separators=(",", ":"))
        # Few patients and boxes have many instances.
        patient, box = str(frames[0]["patient"]), _box(frames[0])
        found[name] = Instance(
            patients.setdefault(patient, patient),
            boxes.setdefault(box, box),
            len(frames),
            hashlib.sha256(digests.encode()).digest(),
        )
    return found


class StatedFrames:
    """The digests of pixels that the table has of one tar's frames, instance after instance.

    They are asked for in the order of the table, in which the tar has them too: rows that were
    passed over are gone.
    """

    def __init__(self, table: Path, tar: str) -> None:
        rows = _rows(table, ("instance", "frame", "pixels_sha256"), tar)
        self._groups = groupby(rows, itemgetter("instance"))
        self._next = next(self._groups, None)

    def of(self, instance: str) -> dict[str, str]:
        """Return the digests of an instance's frames by their names; empty where there are none."""
        while self._next and self._next[0] < instance:
            self._next = next(self._groups, None)
        if not self._next or self._next[0] != instance:
            return {}
        digests = {row["frame"]: row["pixels_sha256"] for row in self._next[1]}
        self._next = next(self._groups, None)
        return digests


def _rows(table: Path, columns: tuple[str, ...], tar: str | None = None) -> Iterator[Row]:
    wanted = [*columns] if tar is None else [*columns, "shard"]
    for batch in pq.ParquetFile(table).iter_batches(batch_size=1024, columns=wanted):
        chosen = batch if tar is None else batch.filter(pc.equal(batch["shard"], tar))
        yield from chosen.select(columns).to_pylist()


def _box(row: Row) -> Box:
    x0, y0, x1, y1 = (row[side] for side in SIDES)
    return x0, y0, x1, y1
