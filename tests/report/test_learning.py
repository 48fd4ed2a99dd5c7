import pandas as pd
import pytest

from pipeline.report.learning import learning_table
from pipeline.report.results import result_rows
from tests.report.study import TASKS, metric_rows


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    full = pd.DataFrame(metric_rows())
    parts = [full]
    for fraction in (0.3, 0.1):
        models = full[~full["encoder"].str.startswith("control-")]
        parts.append(models.assign(fraction=fraction, value=models["value"] * fraction))
    return result_rows(pd.concat(parts), "phantom")


def test_every_task_shows_its_fractions_in_order_and_the_control(rows: pd.DataFrame) -> None:
    table = learning_table(rows, TASKS)
    assert table is not None
    titles = [column.title for column in table.columns]
    assert titles == ["10%", "30%", "100%"] * 2 + ["always the commonest answer"]
    assert [span for _, span in table.groups] == [3, 3, 1]
    found = [row for section in table.sections for row in section.rows]
    assert {row.task.id for row in found} == set(TASKS)
    for row in found:
        cells = [cell for cell in row.cells if cell is not None]
        assert len(cells) == len(table.columns)
        assert cells[0].value == pytest.approx(0.1 * cells[2].value)


def test_numbers_are_those_of_results_csv(rows: pd.DataFrame) -> None:
    table = learning_table(rows, TASKS)
    assert table is not None
    values = rows.set_index("row")["value"]
    for section in table.sections:
        for row in section.rows:
            for cell in row.cells:
                assert cell is not None
                assert cell.value == values[cell.row]


def test_a_study_of_one_fraction_has_no_such_table() -> None:
    assert learning_table(result_rows(pd.DataFrame(metric_rows()), "phantom"), TASKS) is None
