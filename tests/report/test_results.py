import csv
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.results import COLUMNS, IDENTITY, format_value, result_rows, write_results
from tests.report.study import metric_rows


@pytest.fixture(scope="module")
def metrics() -> pd.DataFrame:
    return pd.DataFrame(metric_rows())


def test_columns_and_order(metrics: pd.DataFrame, tmp_path: Path) -> None:
    path = tmp_path / "results.csv"
    write_results(result_rows(metrics, "phantom"), path)
    header, *lines = path.read_text().splitlines()
    assert header == (
        "study,encoder,strategy,unit,task,task_type,organ,fraction,seed,metric,value,"
        "ci_low,ci_high,n_train,n_test,predictions_sha256"
    )
    assert len(lines) == len(metrics)
    assert b"\r" not in path.read_bytes()


def test_row_order_does_not_depend_on_the_order_of_the_metrics(metrics: pd.DataFrame) -> None:
    shuffled = metrics.sample(frac=1.0, random_state=3)
    rows = result_rows(shuffled, "phantom")
    pd.testing.assert_frame_equal(rows, result_rows(metrics, "phantom"))
    keys = list(rows[list(IDENTITY)].itertuples(index=False, name=None))
    assert keys == sorted(keys)
    assert list(rows["row"]) == list(range(1, len(rows) + 1))


def test_values_survive_to_six_digits(metrics: pd.DataFrame, tmp_path: Path) -> None:
    rows = result_rows(metrics, "phantom")
    write_results(rows, tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(newline="") as handle:
        read = list(csv.DictReader(handle))
    assert tuple(read[0]) == COLUMNS
    for written, row in zip(read, rows.to_dict("records"), strict=True):
        for name in ("value", "ci_low", "ci_high"):
            assert math.isclose(float(written[name]), row[name], rel_tol=5e-6)
        assert written["seed"] == str(row["seed"])


def test_missing_value_is_empty() -> None:
    assert format_value(float("nan")) == ""
    assert format_value(None) == ""
    assert format_value(-0.0) == "0"
    assert format_value(np.int64(60)) == "60"
    assert format_value(np.float64(1.0)) == "1"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_written_number_is_written_the_same_again(value: float) -> None:
    text = format_value(value)
    assert format_value(float(text)) == text
