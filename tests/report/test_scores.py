import pandas as pd
import pytest

from pipeline.report.forest import forest_figure
from pipeline.report.overview import overview
from pipeline.report.results import result_rows
from pipeline.report.scores import ScoreTable, find_columns, score_table, shown_rows
from pipeline.report.words import MAIN_METRICS
from tests.report.study import ENCODERS, STRATEGIES, TASKS, metric_rows, summary


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return result_rows(pd.DataFrame(metric_rows()), "phantom")


@pytest.fixture(scope="module")
def table(rows: pd.DataFrame) -> ScoreTable:
    columns = [column for column in find_columns(rows) if not column.is_probe]
    return score_table("score", rows, tuple(columns), TASKS)


def test_models_come_pretrained_first_and_controls_last(table: ScoreTable) -> None:
    arms = [(column.encoder, column.strategy) for column in table.columns]
    assert arms[:6] == [(encoder, name) for encoder in ENCODERS for name in STRATEGIES]
    assert all(column.is_control for column in table.columns[6:])
    assert [span for _, span in table.groups] == [3, 3, 2]


def test_every_task_has_one_row_of_full_cells(table: ScoreTable) -> None:
    found = [row.task.id for section in table.sections for row in section.rows]
    assert sorted(found) == sorted(TASKS)
    assert all(None not in row.cells for section in table.sections for row in section.rows)


def test_best_follows_the_direction_of_the_metric_and_skips_controls(table: ScoreTable) -> None:
    for section in table.sections:
        for row in section.rows:
            cells = [cell for cell in row.cells[:6] if cell is not None]
            choose = max if section.metric.higher_is_better else min
            best = choose(cell.value for cell in cells)
            assert [cell.value for cell in cells if cell.best] == [best]
            assert not any(cell.best for cell in row.cells[6:] if cell)


def test_page_shows_the_largest_fraction_and_first_seed(rows: pd.DataFrame) -> None:
    grown = pd.concat([rows, rows.assign(fraction=0.1), rows.assign(seed=5)])
    pd.testing.assert_frame_equal(shown_rows(grown), rows)


def test_overview_takes_its_means_from_the_summary(rows: pd.DataFrame, table: ScoreTable) -> None:
    dice = rows[(rows["metric"] == "dice") & (rows["strategy"] == "all-tasks")]
    lines = overview(summary(), table.columns, 1.0, list(MAIN_METRICS.values()))
    for line in lines:
        if line.column.strategy == "all-tasks":
            mean = dice.loc[dice["encoder"] == line.column.encoder, "value"].mean()
            assert line.means[0] == f"{mean:.3f}"


def test_a_model_that_was_not_scored_leaves_an_empty_cell(rows: pd.DataFrame) -> None:
    columns = tuple(column for column in find_columns(rows) if not column.is_probe)
    table = score_table("score", rows[rows["task"] != "cervix"], columns, TASKS)
    (row,) = (row for each in table.sections for row in each.rows if row.task.id == "cervix")
    assert set(row.cells) == {None}


def test_nothing_is_marked_where_a_control_is_better_than_all_models(rows: pd.DataFrame) -> None:
    constant = (rows["encoder"] == "control-constant") & (rows["task"] == "cervix")
    columns = tuple(column for column in find_columns(rows) if not column.is_probe)
    table = score_table(
        "score", rows.assign(value=rows["value"].mask(constant, 1.0)), columns, TASKS
    )
    (row,) = (row for each in table.sections for row in each.rows if row.task.id == "cervix")
    assert not any(cell.best for cell in row.cells if cell)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kinds", [("detection",), ("segmentation", "regression")])
def test_a_study_of_few_types_shows_those_and_no_empty_panel(
    rows: pd.DataFrame, kinds: tuple[str, ...]
) -> None:
    tasks = {name: task for name, task in TASKS.items() if task.type in kinds}
    columns = tuple(column for column in find_columns(rows) if not column.is_probe)
    table = score_table("score", rows, columns, tasks)
    assert {section.type for section in table.sections} == set(kinds)
    assert all(section.rows for section in table.sections)
    assert forest_figure(table, simulated=True)


def test_an_interval_without_width_is_told_from_one_with(rows: pd.DataFrame) -> None:
    columns = tuple(column for column in find_columns(rows) if not column.is_probe)
    assert not score_table("score", rows, columns, TASKS).has_points
    alike = (rows["task"] == "lung") & (rows["encoder"] == "scratch")
    ends = {name: rows[name].mask(alike, rows["value"]) for name in ("ci_low", "ci_high")}
    table = score_table("score", rows.assign(**ends), columns, TASKS)
    cells = [
        (row.task.id, cell) for part in table.sections for row in part.rows for cell in row.cells
    ]
    points = [name for name, cell in cells if cell and cell.is_point]
    assert table.has_points and points == ["lung"] * len(STRATEGIES)
