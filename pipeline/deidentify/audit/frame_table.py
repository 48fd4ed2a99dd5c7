"""What the table of frames says: of each instance, and of the frames of one tar at a time."""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

SIDES = ("sector_x0", "sector_y0", "sector_x1", "sector_y1")
Box = tuple[int, int, int, int]


class Instance(NamedTuple):
    """What is said of an instance.

    `box` is what was kept of all its frames, `pixels_sha256` the digest of the JSON list of their
    digests, in order.
    """

    patient: str
    box: Box
    frames: int
    pixels_sha256: str


def stated_instances(table: Path) -> dict[str, Instance]:
    """Return what the table says by instance; its rows are read some at a time."""
    rows = _rows(table, ("instance", "patient", "pixels_sha256", *SIDES))
    found = {}
    for name, group in groupby(rows, lambda row: str(row["instance"])):
        frames = list(group)
        digests = json.dumps([row["pixels_sha256"] for row in frames], separators=(",", ":"))
        found[name] = Instance(
            frames[0]["patient"],
            _box(frames[0]),
            len(frames),
            hashlib.sha256(digests.encode()).hexdigest(),
        )
    return found


def stated_frames(table: Path, tar: str) -> dict[str, str]:
    """Return the digests of pixels that the table has of the frames of one tar."""
    columns = ["frame", "pixels_sha256"]
    rows = pq.read_table(table, columns=columns, filters=[("shard", "==", tar)])
    return dict(zip(*(rows[name].to_pylist() for name in columns), strict=True))


def _rows(table: Path, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for batch in pq.ParquetFile(table).iter_batches(batch_size=4096, columns=list(columns)):
        yield from batch.to_pylist()


def _box(row: dict[str, Any]) -> Box:
    x0, y0, x1, y1 = (row[side] for side in SIDES)
    return x0, y0, x1, y1
