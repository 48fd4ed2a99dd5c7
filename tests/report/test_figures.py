import base64
from itertools import groupby, pairwise
from xml.etree import ElementTree

import matplotlib
import pandas as pd
import pytest

from pipeline.report.curves import finetune_figure, pretrain_figure, read_curves
from pipeline.report.heatmap import layout_rows, symmetric, transfer_figure
from pipeline.report.sources import Sources
from pipeline.report.style import SIMULATED
from tests.report.study import TASKS

PREFIX = "data:image/svg+xml;base64,"


def _svg(uri: str) -> str:
    assert uri.startswith(PREFIX)
    text = base64.b64decode(uri.removeprefix(PREFIX)).decode()
    ElementTree.fromstring(text)
    return text


def test_only_figures_of_simulated_data_carry_the_mark(sources: Sources) -> None:
    transfer = pd.read_parquet(sources.transfer)
    # Glyphs are paths, but matplotlib notes each text as a comment.
    assert SIMULATED in _svg(transfer_figure(transfer, TASKS, True))
    assert SIMULATED not in _svg(transfer_figure(transfer, TASKS, False))


def test_a_figure_does_not_depend_on_the_users_matplotlib_settings(sources: Sources) -> None:
    curves = [pd.read_csv(path) for path in sources.pretrain_curves]
    plain = pretrain_figure(curves, True)
    with matplotlib.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": "other"}):
        assert pretrain_figure(curves, True) == plain


def test_figures_hold_no_date_and_no_outside_reference(sources: Sources) -> None:
    text = _svg(finetune_figure(read_curves(sources.curves(), TASKS), True))
    assert "<dc:date>" not in text
    assert "matplotlib.org" not in text


def test_every_model_and_task_is_in_the_finetuning_curves(sources: Sources) -> None:
    table = read_curves(sources.curves(), TASKS)
    assert set(table["type"]) == {task.type for task in TASKS.values()}
    assert len(table.groupby(["encoder", "strategy"])) == 7
    assert table["done"].max() == 1.0
    assert 0 < table["done"].min() <= 1 / 8


def test_rows_of_the_heat_map_keep_groups_together_and_apart() -> None:
    layout = layout_rows(TASKS)
    assert set(layout.task_y) == set(TASKS)
    places = sorted([*layout.task_y.values(), *layout.group_y.values()])
    assert min(b - a for a, b in pairwise(places)) >= 1
    order = sorted(TASKS.values(), key=lambda task: layout.task_y[task.id])
    groups = [task.group for task in order]
    assert list(dict.fromkeys(groups)) == [group for group, _ in groupby(groups)]


@pytest.mark.parametrize("values", [[0.2, -0.5], [0.0], [], [float("nan")]])
def test_colours_are_centred_at_zero(values: list[float]) -> None:
    norm = symmetric(pd.Series(values, dtype=float))
    assert norm(0.0) == 0.5
