"""The private attributes that PS3.15 lists as safe (Table E.3.10-1), by creator, group, element."""

import csv
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("safe_private.csv")


@cache
def _rows() -> dict[tuple[str, int, int], str]:
    with TABLE.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(line for line in handle if not line.startswith("#")))
    return {(row["creator"], int(row["group"], 16), int(row["element"], 16)): row["vr"]
            for row in rows}  # fmt: skip


def safe_vr(creator: str, tag: int) -> str | None:
    """Return the VR of a private attribute that is listed as safe, else None.

    `creator` is the name that reserved the block of `tag`. The VR is empty for the few rows that
    state none.
    """
    return _rows().get((creator, tag >> 16, tag & 0xFF))
