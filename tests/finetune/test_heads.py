"""Heads: shapes for every task, and the soft-argmax's coordinates."""

import pytest
import torch

from pipeline.finetune.heads import boxes, build_head, soft_argmax
from pipeline.tasks.catalogue import Task, load_catalogue


@pytest.mark.parametrize("task", load_catalogue().values(), ids=lambda task: task.id)
def test_each_task_has_a_head_of_its_shape(task: Task) -> None:
    maps = [torch.randn(2, 24, 4, 4) for _ in range(3)]
    output = build_head(task, dim=24, width=8)(maps)
    expected = {
        "segmentation": (2, task.num_classes, 16, 16),
        "classification": (2, task.num_classes),
        "detection": (2, 3, 16, 16),
        "regression": (2, task.num_classes, 16, 16),
    }
    assert output.shape == expected[task.type]


def test_boxes_are_never_inside_out() -> None:
    torch.manual_seed(0)
    task = load_catalogue()["thyroid_nodule_det"]
    box = boxes(build_head(task, 24, 8)([10 * torch.randn(50, 24, 4, 4) for _ in range(3)]))
    assert (box[:, 2:] > box[:, :2]).all()


def test_a_box_is_read_where_the_heat_peaks() -> None:
    place = torch.zeros(1, 3, 8, 16)
    place[0, 0, 3, 9] = 50
    place[0, 1:, 3, 9] = torch.logit(torch.tensor([0.25, 0.5]))
    x, y = 9.5 / 16, 3.5 / 8
    expected = [x - 0.125, y - 0.25, x + 0.125, y + 0.25]
    assert boxes(place)[0].tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (3, 9), (7, 15)])
def test_soft_argmax_of_a_peak_is_the_centre_of_its_cell(row: int, column: int) -> None:
    heat = torch.zeros(1, 1, 8, 16)
    heat[0, 0, row, column] = 50
    x, y = soft_argmax(heat)[0, 0].tolist()
    assert (x, y) == pytest.approx(((column + 0.5) / 16, (row + 0.5) / 8), abs=1e-5)


def test_soft_argmax_of_no_evidence_is_the_middle() -> None:
    assert soft_argmax(torch.zeros(1, 1, 8, 8))[0, 0].tolist() == pytest.approx([0.5, 0.5])
