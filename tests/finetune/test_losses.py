"""Task losses against plain numpy, and at their optimum."""

import numpy as np
import pytest
import torch

from pipeline.finetune.heads import boxes
from pipeline.finetune.losses import (
    box_loss,
    detection_loss,
    dice_loss,
    generalised_iou,
    landmark_loss,
    segmentation_loss,
)

BOXES = [
    ((0.1, 0.1, 0.5, 0.5), (0.1, 0.1, 0.5, 0.5), 1.0),
    ((0.0, 0.0, 0.4, 0.4), (0.2, 0.0, 0.6, 0.4), 1 / 3),  # the hull is the union
    ((0.0, 0.0, 0.2, 0.2), (0.8, 0.8, 1.0, 1.0), 0.08 - 1),  # apart: union 0.08 of a hull of 1
]


@pytest.mark.parametrize(("a", "b", "expected"), BOXES)
def test_generalised_iou(a: tuple[float, ...], b: tuple[float, ...], expected: float) -> None:
    value = generalised_iou(torch.tensor([a]), torch.tensor([b]))
    assert value.item() == pytest.approx(expected, abs=1e-6)


def test_box_loss_is_zero_for_the_truth_and_falls_towards_it() -> None:
    truth = torch.tensor([[0.2, 0.3, 0.6, 0.8]])
    losses = [box_loss(truth + offset, truth).item() for offset in (0.3, 0.1, 0.01, 0.0)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] == pytest.approx(0, abs=1e-6)


def test_detection_loss_draws_the_heat_to_the_box_s_centre() -> None:
    truth = torch.tensor([[0.1, 0.5, 0.3, 0.9]])
    place = torch.zeros(1, 3, 16, 16, requires_grad=True)
    optimiser = torch.optim.Adam([place], lr=0.3)
    for _ in range(150):
        optimiser.zero_grad()
        detection_loss(place, truth).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    row, column = divmod(int(place[0, 0].argmax()), 16)
    assert abs((column + 0.5) / 16 - 0.2) <= 1 / 16
    assert abs((row + 0.5) / 16 - 0.7) <= 1 / 16
    assert generalised_iou(boxes(place), truth).item() > 0.9


def test_dice_loss_follows_its_definition() -> None:
    rng = np.random.default_rng(0)
    logits, mask = rng.normal(size=(2, 3, 4, 4)), rng.integers(0, 3, (2, 4, 4))
    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    scores = []
    for k in (1, 2):
        overlap = (probs[:, k] * (mask == k)).sum()
        scores.append((2 * overlap + 1) / (probs[:, k].sum() + (mask == k).sum() + 1))
    loss = dice_loss(torch.tensor(logits), torch.tensor(mask))
    assert loss.item() == pytest.approx(1 - np.mean(scores), rel=1e-6)


def test_segmentation_loss_upsamples_logits_and_nears_zero_when_sure() -> None:
    mask = torch.zeros(2, 16, 16, dtype=torch.long)
    mask[:, :8] = 1
    coarse = torch.nn.functional.one_hot(mask[:, ::2, ::2], 2).movedim(-1, 1).float()
    assert segmentation_loss(30 * (coarse - 0.5), mask).item() < 0.15


def test_a_missing_landmark_adds_nothing() -> None:
    heat = torch.randn(2, 2, 8, 8, requires_grad=True)
    points, visible = torch.rand(2, 2, 2), torch.tensor([[True, False], [True, True]])
    moved = points.clone()
    moved[0, 1] = 0
    first, second = landmark_loss(heat, points, visible), landmark_loss(heat, moved, visible)
    assert first.item() == second.item()
    first.backward()  # type: ignore[no-untyped-call]
    assert heat.grad is not None
    assert heat.grad[0, 1].abs().sum() == 0


def test_no_visible_landmark_gives_zero() -> None:
    loss = landmark_loss(torch.randn(1, 1, 8, 8), torch.rand(1, 1, 2), torch.tensor([[False]]))
    assert loss.item() == 0


def test_landmark_heat_is_learnt_at_the_point() -> None:
    heat = torch.zeros(1, 1, 16, 16, requires_grad=True)
    point = torch.tensor([[[0.3, 0.7]]])
    optimiser = torch.optim.Adam([heat], lr=0.5)
    for _ in range(60):
        optimiser.zero_grad()
        loss = landmark_loss(heat, point, torch.tensor([[True]]))
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    place = heat.detach().flatten().argmax().item()
    assert abs((place % 16 + 0.5) / 16 - 0.3) < 0.05
    assert abs((place // 16 + 0.5) / 16 - 0.7) < 0.05
