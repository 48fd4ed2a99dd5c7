"""Augmentation: image, mask, box and points stay together."""

from typing import Any

import pytest
import torch

from pipeline.finetune.augment import augment
from pipeline.finetune.batches import Batch
from pipeline.finetune.params import AugmentParams
from tests.finetune.settings import AUGMENT

STILL = AugmentParams(zoom=0, shift=0, brightness=0, contrast=0, noise=0, mirror_probability=0)


def changed(params: AugmentParams, **values: Any) -> AugmentParams:
    return params.model_copy(update=values)


def rectangle_batch(count: int = 16) -> Batch:
    """A bright rectangle with its mask, box and two corners as points."""
    mask = torch.zeros(count, 40, 40, dtype=torch.long)
    mask[:, 12:20, 8:28] = 1
    box = torch.tensor([[8, 12, 28, 20]]).repeat(count, 1) / 40
    return {
        "image": (mask * 200).to(torch.uint8),
        "mask": mask,
        "box": box,
        "points": box.reshape(-1, 2, 2),
        "visible": torch.ones(count, 2, dtype=torch.bool),
    }


def random(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_strength_zero_changes_nothing() -> None:
    batch = rectangle_batch()
    after = augment(batch, True, STILL, random())
    for name, value in batch.items():
        torch.testing.assert_close(after[name].float(), value.float(), atol=1e-3, rtol=0)


@pytest.mark.parametrize("mirror", [False, True])
def test_labels_follow_the_image(mirror: bool) -> None:
    params = changed(STILL, zoom=0.2, shift=0.15, mirror_probability=0.5)
    after = augment(rectangle_batch(64), mirror, params, random(1))
    for image, mask, box in zip(after["image"], after["mask"], after["box"], strict=True):
        rows, columns = (image > 100).nonzero(as_tuple=True)
        seen = torch.tensor([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / 40
        torch.testing.assert_close(box, seen, atol=1.5 / 40, rtol=0)
        assert ((image > 100) == mask.bool()).float().mean() > 0.97


def test_a_mirror_moves_points_across_and_keeps_boxes_in_order() -> None:
    params = changed(STILL, mirror_probability=1.0)
    batch = rectangle_batch(2)
    after = augment(batch, True, params, random())
    torch.testing.assert_close(after["points"][..., 0], 1 - batch["points"][..., 0])
    torch.testing.assert_close(after["points"][..., 1], batch["points"][..., 1])
    torch.testing.assert_close(after["box"][:, 0], 1 - batch["box"][:, 2])
    same = augment(batch, False, params, random())
    torch.testing.assert_close(same["points"], batch["points"])


def test_points_outside_become_invisible_and_missing_ones_stay_so() -> None:
    batch = rectangle_batch(64)
    batch["points"][:, 1] = torch.tensor([0.99, 0.5])
    batch["visible"][:, 0] = False
    after = augment(batch, False, changed(STILL, shift=0.2), random())
    assert not after["visible"][:, 0].any()
    assert 0.2 < after["visible"][:, 1].float().mean() < 0.8
    assert (after["points"][after["visible"]] <= 1).all()


def test_grey_levels_stay_in_range_and_the_seed_repeats_them() -> None:
    first, again, other = (
        augment(rectangle_batch(), True, AUGMENT, random(s))["image"] for s in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert first.min() >= 0
    assert first.max() <= 255
