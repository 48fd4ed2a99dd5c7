import base64

import pandas as pd
import pytest

from pipeline.report.results import result_rows
from pipeline.report.scale import has_scale, scale_figure, scale_table
from tests.report.study import ENCODERS, TASKS, metric_rows

SHARES = {0.1: 0.5, 0.3: 0.8, 1.0: 1.0}


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Results at three shares of the data; probes and the constant control know one only."""
    table = pd.DataFrame(metric_rows())
    fixed = table["strategy"].str.startswith("probe-") | (table["encoder"] == "control-constant")
    trained = table[~fixed]
    grown = [
        trained.assign(fraction=share, value=trained["value"] * skill)
        for share, skill in SHARES.items()
    ]
    return result_rows(pd.concat([*grown, table[fixed]], ignore_index=True), "phantom")


def test_one_share_of_data_has_no_learning_curve(rows: pd.DataFrame) -> None:
    assert has_scale(rows)
    assert not has_scale(rows[rows["fraction"] == 1.0])


def test_every_task_has_its_score_at_every_share_and_the_control(rows: pd.DataFrame) -> None:
    table = scale_table(rows, TASKS)
    assert [column.fraction for column in table.columns] == [*SHARES, *SHARES, 1.0]
    assert [span for _, span in table.groups] == [3, 3, 1]
    assert {column.strategy for column in table.columns[:6]} == {"task-specific"}
    lines = {row.task.id: row.cells for section in table.sections for row in section.rows}
    assert set(lines) == set(TASKS)
    numbered = rows.set_index("row")
    for task, cells in lines.items():
        for column, cell in zip(table.columns, cells, strict=True):
            assert cell is not None
            published = numbered.loc[cell.row]
            assert published["value"] == cell.value
            assert published["n_train"] == cell.n_train
            assert tuple(published[["encoder", "strategy", "fraction", "task"]]) == (
                column.encoder, column.strategy, column.fraction, task,
            )  # fmt: skip


def test_the_figure_has_a_line_for_every_encoder_and_strategy(rows: pd.DataFrame) -> None:
    svg = base64.b64decode(scale_figure(rows, True).partition(",")[2]).decode()
    # Glyphs are paths, but matplotlib notes each text as a comment.
    assert f"{ENCODERS[0]}, one model per task" in svg
    assert "from scratch, one for all tasks" in svg
    assert "10 %" in svg
    assert "SIMULATED" in svg
