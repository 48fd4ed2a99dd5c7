"""`results.csv`: one row per published number, with the hash by which it is audited."""

import csv
import io
import math
from pathlib import Path

import pandas as pd

from pipeline.io.atomic import write_text

COLUMNS = (
    "study",
    "encoder",
    "strategy",
    "unit",
    "task",
    "task_type",
    "organ",
    "fraction",
    "seed",
    "metric",
    "value",
    "ci_low",
    "ci_high",
    "n_train",
    "n_test",
    "predictions_sha256",
)
IDENTITY = COLUMNS[1:10]


def result_rows(metrics: pd.DataFrame, study: str) -> pd.DataFrame:
    """Return the metrics in the order of the results table, numbered from 1.

    `metrics` has the columns of METRICS and `n_train`, the training images of the row's task.
    The extra column `row` is the line number in the file, its header not counted: the number
    that `make audit ROW=n` takes.
    """
    ordered = metrics.sort_values(list(IDENTITY), kind="stable", ignore_index=True)
    ordered = ordered.assign(study=study, row=range(1, len(ordered) + 1))
    return ordered[["row", *COLUMNS]]


def format_value(value: object) -> str:
    """Return a float with six significant digits, nothing when missing, all else as it is."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    # Adding zero turns -0.0 into 0.0, so equal values have one spelling.
    return "" if math.isnan(value) else f"{value + 0.0:.6g}"


def write_results(rows: pd.DataFrame, path: Path) -> None:
    """Write numbered rows as CSV without the numbers: the line order carries them."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows[list(COLUMNS)].itertuples(index=False):
        writer.writerow([format_value(value) for value in row])
    write_text(path, buffer.getvalue())
