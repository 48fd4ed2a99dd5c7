"""The rows that are set aside, as an artifact and as a CSV file that stays when planning fails.

The workflow removes the artifacts of a failed job, so the copy lies beside the logs.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.io.atomic import write_text
from pipeline.io.tables import read_table, write_table
from pipeline.tasks.tables import QUARANTINE

COPY = Path("logs/tasks/set_aside.csv")


def write_set_aside(
    refused: Sequence[Mapping[str, Any]], quarantine: Path, copy: Path
) -> pd.DataFrame:
    """Write the lines of QUARANTINE in the order of the files, to both places; return them."""
    ordered = sorted(refused, key=lambda row: (row["archive"], row["csv"], row["row"]))
    table = pd.DataFrame(ordered, columns=QUARANTINE.names)
    write_text(copy, table.to_csv(index=False, lineterminator="\n"))
    write_table(ordered, QUARANTINE, quarantine)
    return table


def read_set_aside(quarantine: Path, copy: Path) -> pd.DataFrame | None:
    """Return the lines of QUARANTINE of the last plan, failed or not; None if there is none."""
    if quarantine.is_file():
        return read_table(quarantine, QUARANTINE)
    return pd.read_csv(copy) if copy.is_file() else None
