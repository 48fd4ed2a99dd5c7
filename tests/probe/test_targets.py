"""Targets of the probes."""

import numpy as np

from pipeline.io.images import decode_png
from pipeline.probe.targets import native_mask, patch_shares


def test_patch_shares_count_pixels_per_class() -> None:
    masks = np.random.default_rng(0).integers(0, 3, (2, 16, 16)).astype(np.uint8)
    shares = patch_shares(masks, side=4, classes=3)
    assert shares.shape == (2, 16, 3)
    np.testing.assert_allclose(shares.sum(axis=2), 1)
    assert shares[1, 6, 2] == (masks[1, 4:8, 8:12] == 2).mean()


def test_native_mask_of_whole_patches_is_the_mask() -> None:
    mask = np.zeros((1, 32, 32), np.uint8)
    mask[0, :16] = 1
    shares = patch_shares(mask, side=4, classes=2)[0]
    assert (decode_png(native_mask(shares, 32, 32)) == mask[0]).all()
    assert decode_png(native_mask(shares, 50, 70)).shape == (50, 70)
