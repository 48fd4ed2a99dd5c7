"""What became of every file, for the page of evidence: numbers, and ids of what was refused."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.deidentify.cases import LISTED, Cases
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.ingest.duplicates import SAME_IN
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REASONS
from pipeline.io.tables import read_arrow, read_rows

Row = dict[str, Any]


class Fate(NamedTuple):
    """What became of so many files, in words."""

    name: str
    files: int
    meaning: str = ""


class Copy(NamedTuple):
    """A file that repeats another one, and that one's id where the tables know it."""

    instance: str
    reason: str
    twin: str


def fates(counts: Row, cases: Cases) -> list[Fate]:
    """Return every fate of a file with its number."""
    return [
        Fate("files found", counts["discovered"]),
        *(
            Fate(f"not taken: {reason}", number, REASONS.get(reason, ""))
            for reason, number in counts["reasons"].items()
        ),
        *(
            Fate(f"refused while cleaning: {reason}", number, REJECTIONS.get(reason, ""))
            for reason, number in sorted(cases.reasons.items())
        ),
        Fate("de-identified", cases.instances),
        Fate("frames in them", cases.frames),
        Fate("patients in them", cases.patients),
    ]


def copies(instances: Path, quarantine: Path) -> list[Copy]:
    """Return the first `LISTED` files that ingest set aside as copies of another one.

    The tables tell the twin of a file of the same bytes; they keep neither the digest of stored
    pixels nor the UID by which the others were known.
    """
    rows = (row for row in read_rows(quarantine, QUARANTINE) if row["reason"] in SAME_IN)
    listed = list(islice(rows, LISTED))
    digests = {row["source_sha256"] for row in listed if row["reason"] == "duplicate"}
    twins = dict(_used_of(digests, instances, quarantine))
    return [
        Copy(
            row["instance"],
            row["reason"],
            twins.get(row["source_sha256"], "") if row["reason"] == "duplicate" else "",
        )
        for row in listed
    ]


def _used_of(digests: set[str], instances: Path, quarantine: Path) -> Iterator[tuple[str, str]]:
    """Yield (digest of a file's bytes, id) of the files of which others are exact copies."""
    wanted = pc.field("source_sha256").isin(pa.array(sorted(digests), pa.string()))
    used = read_arrow(instances, INSTANCES, wanted)
    for row in used.select(["source_sha256", "instance"]).to_pylist():
        yield row["source_sha256"], row["instance"]
    # Of a file that is set aside for its pixels or UID there may be copies too.
    others = [reason for reason in SAME_IN if reason != "duplicate"]
    is_other = pc.field("reason").isin(pa.array(others, pa.string()))
    for row in read_arrow(quarantine, QUARANTINE, wanted & is_other).to_pylist():
        yield row["source_sha256"], f"{row['instance']} (itself set aside: {row['reason']})"
