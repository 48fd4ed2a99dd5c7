"""The objective's terms against plain float64 numpy."""

import numpy as np
import pytest
import torch

from pipeline.pretrain.losses import (
    CENTER_MOMENTUM,
    Center,
    cross_view_loss,
    koleo_loss,
    masked_patch_loss,
    sinkhorn,
)


def softmax(x: np.ndarray) -> np.ndarray:
    shifted = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_cross_view_loss_leaves_out_a_view_against_itself(rng: np.random.Generator) -> None:
    student = rng.normal(size=(5, 3, 8))
    targets = softmax(rng.normal(size=(2, 3, 8)))
    expected = np.mean(
        [
            -(targets[t] * np.log(softmax(student[s] / 0.1))).sum(axis=-1).mean()
            for t in range(2)
            for s in range(5)
            if s != t
        ]
    )
    loss = cross_view_loss(torch.tensor(student), torch.tensor(targets), 0.1)
    assert loss.item() == pytest.approx(expected, rel=1e-12)


def test_masked_patch_loss_weighs_images_not_patches(rng: np.random.Generator) -> None:
    student, targets = rng.normal(size=(7, 8)), softmax(rng.normal(size=(7, 8)))
    image = np.array([0, 0, 0, 0, 2, 2, 5])
    each = -(targets * np.log(softmax(student / 0.1))).sum(axis=-1)
    expected = np.mean([each[image == i].mean() for i in (0, 2, 5)])
    loss = masked_patch_loss(torch.tensor(student), torch.tensor(targets), torch.tensor(image), 0.1)
    assert loss.item() == pytest.approx(expected, rel=1e-12)


def test_masked_patch_loss_of_nothing_is_zero() -> None:
    empty = torch.zeros(0, 8)
    assert masked_patch_loss(empty, empty, torch.zeros(0, dtype=torch.long), 0.1).item() == 0


def test_koleo_is_minus_the_log_distance_to_the_nearest(rng: np.random.Generator) -> None:
    x = rng.normal(size=(9, 4))
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    distance = np.linalg.norm(unit[:, None] - unit[None], axis=2) + 9 * np.eye(9)
    expected = -np.log(distance.min(axis=1)).mean()
    assert koleo_loss(torch.tensor(x)).item() == pytest.approx(expected, rel=1e-6)


def test_sinkhorn_balances_rows_and_columns(rng: np.random.Generator) -> None:
    targets = sinkhorn(torch.tensor(rng.normal(size=(64, 8)) * 0.05), 0.05).numpy()
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(targets.sum(axis=0), 64 / 8, rtol=0.05)


def test_sinkhorn_follows_its_definition(rng: np.random.Generator) -> None:
    logits = rng.normal(size=(6, 4))
    weights = np.exp(logits / 0.5)
    for _ in range(3):
        weights = weights / weights.sum(axis=0)
        weights = weights / weights.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(sinkhorn(torch.tensor(logits), 0.5).numpy(), weights, rtol=1e-9)


def test_center_is_taken_off_before_it_moves(rng: np.random.Generator) -> None:
    center = Center(8)
    first, second = rng.normal(size=(2, 5, 8)).astype(np.float32)
    center.targets(torch.tensor(first), 0.07)
    moved = (1 - CENTER_MOMENTUM) * first.mean(axis=0)
    np.testing.assert_allclose(center.value_K.numpy(), moved, rtol=1e-5)
    targets = center.targets(torch.tensor(second), 0.07).numpy()
    np.testing.assert_allclose(targets, softmax((second - moved) / 0.07), rtol=1e-4, atol=1e-7)
