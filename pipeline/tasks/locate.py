"""Show the labelled rows that are set aside, with the paths of their images, as CSV.

    make set-aside            or, into a file: make set-aside > rows.csv

No artifact or log holds a path, for names of files may tell who a patient is. The answer goes to
the terminal and nowhere else.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipeline.errors import StudyError
from pipeline.params import load_params
from pipeline.tasks.challenge import read_rows
from pipeline.tasks.set_aside import COPY, read_set_aside

QUARANTINE = Path("data/tasks/quarantine.parquet")
PLACE = ["archive", "csv", "row"]


def with_paths(set_aside: pd.DataFrame, roots: Sequence[Path]) -> pd.DataFrame:
    """Return the lines of QUARANTINE with a column `image_path`, as the archive's CSV gives it."""
    paths = {row.place: row.fields.get("image_path", "") for row in read_rows(roots)}
    places = set_aside[PLACE].itertuples(index=False, name=None)
    return set_aside.assign(image_path=[paths.get(place, "") for place in places])


def main() -> None:
    """Print the rows that the last plan of the study in this folder set aside."""
    argparse.ArgumentParser(prog="make set-aside", description=__doc__).parse_args()
    try:
        params = load_params(Path("params.yaml")).tasks
        table = read_set_aside(QUARANTINE, COPY)
        if table is None:
            raise StudyError("no labelled row was read yet; run `make study`")
        folders = ("data/raw_tasks",) if params.source == "simulate" else params.folders
        with_paths(table, [Path(folder) for folder in folders]).to_csv(sys.stdout, index=False)
    except StudyError as error:
        raise SystemExit(f"set-aside: {error}") from None


if __name__ == "__main__":
    main()
