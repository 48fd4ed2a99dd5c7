"""What became of every file, for the page of evidence: numbers, and ids of what was refused."""

from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.deidentify.cases import LISTED, Cases
from pipeline.deidentify.reasons import REJECTIONS
from pipeline.ingest.duplicates import SAME_IN
from pipeline.ingest.tables import QUARANTINE, REASONS
from pipeline.io.tables import read_arrow, read_rows

Row = dict[str, Any]


class Fate(NamedTuple):
    """What became of so many files, in words."""

    name: str
    files: int
    meaning: str = ""


class Copy(NamedTuple):
    """A file that repeats another one, that one's id, and why that was set aside itself, if so."""

    instance: str
    reason: str
    twin: str
    aside: str = ""


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


def copies(quarantine: Path) -> list[Copy]:
    """Return the first `LISTED` files that ingest set aside as copies of another one."""
    rows = (row for row in read_rows(quarantine, QUARANTINE) if row["reason"] in SAME_IN)
    listed = list(islice(rows, LISTED))
    twins = pa.array(sorted({row["twin"] for row in listed}), pa.string())
    # Of a file that is set aside for its pixels or UID there may be copies too.
    others = read_arrow(quarantine, QUARANTINE, pc.field("instance").isin(twins))
    aside = {row["instance"]: row["reason"] for row in others.to_pylist()}
    return [
        Copy(row["instance"], row["reason"], row["twin"], aside.get(row["twin"], ""))
        for row in listed
    ]
