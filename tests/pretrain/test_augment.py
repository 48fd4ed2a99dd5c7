"""Views of a frame: sizes, ranges, and what each probability does."""

import numpy as np

from pipeline.pretrain.augment import block_masks, jitter, multi_crop, random_crop, view
from tests.pretrain.frames import tiny_params


def test_views_have_the_sizes_of_the_params() -> None:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 255, shape, dtype=np.uint8) for shape in ((40, 70), (64, 33))]
    large, small = multi_crop(images, tiny_params(), rng)
    assert large.shape == (4, 32, 32)
    assert small.shape == (4, 16, 16)


def test_no_local_crops_leave_an_empty_tensor() -> None:
    image = np.zeros((40, 40), np.uint8)
    _, small = multi_crop([image], tiny_params(local_crops=0), np.random.default_rng(0))
    assert small.shape == (0, 16, 16)


def test_a_whole_crop_of_a_square_is_the_image_when_its_aspect_is_clipped() -> None:
    image = np.random.default_rng(0).integers(0, 255, (32, 32), dtype=np.uint8)
    crops = [random_crop(image, 32, (4.0, 4.0), np.random.default_rng(s)) for s in range(5)]
    assert all((crop == image).all() for crop in crops)


def test_flips_alone_are_exact_mirrors() -> None:
    image = np.random.default_rng(0).integers(0, 255, (32, 32), dtype=np.uint8)
    still = {"jitter_probability": 0.0, "horizontal_flip": 0.0, "vertical_flip": 1.0}
    seen = view(image, 32, (4.0, 4.0), 0.0, tiny_params(**still), np.random.default_rng(1))
    np.testing.assert_array_equal(seen, image[::-1])


def test_jitter_of_strength_zero_changes_nothing() -> None:
    image = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.abs(jitter(image, 0.0, np.random.default_rng(0)).astype(int) - image).max() <= 1


def test_masks_are_single_blocks_within_the_ratio() -> None:
    masks = block_masks(400, 8, tiny_params(), np.random.default_rng(0)).numpy().reshape(-1, 8, 8)
    shares = masks.mean(axis=(1, 2))
    assert (shares > 0).sum() == 200
    assert 0.05 < shares[shares > 0].min() < shares.max() < 0.6
    for mask in masks[shares > 0]:
        rows, columns = mask.any(axis=1), mask.any(axis=0)
        assert mask.sum() == rows.sum() * columns.sum()
