"""The fetal head: how its skull shows, and how its shape varies."""

import cv2
import numpy as np
import pytest

from pipeline.simulate.atlas import FETAL_HEAD
from tests.simulate.anatomy.bodies import body_of, painted

SEEDS = range(60)


def test_the_skull_hardly_shows_where_the_beams_graze_it() -> None:
    facing, grazed = [], []
    for seed in SEEDS:
        scene = painted(FETAL_HEAD, "head", seed)
        inside = (scene.mask_HW == 1).astype(np.float32)
        blurred = cv2.GaussianBlur(inside, (0, 0), 3)
        down, across = np.gradient(blurred)
        slope = np.hypot(down, across) + 1e-9
        cosine = np.abs(across * scene.direction[0] + down * scene.direction[1]) / slope
        # A pixel within the outline, where the bone is.
        ring = (inside > 0) & (cv2.erode(inside, np.ones((3, 3))) == 0)
        facing += scene.echo_HW[ring & (cosine > 0.97)].tolist()
        grazed += scene.echo_HW[ring & (cosine < 0.5)].tolist()
    assert np.median(grazed) < np.median(facing) - 6


def test_the_cephalic_index_varies_as_published() -> None:
    """78.3 %, standard deviation 4.4 (Hadlock et al. 1981), of heads seen whole."""
    found = []
    for seed in SEEDS:
        mask_HW = (painted(FETAL_HEAD, "head", seed).mask_HW == 1).astype(np.uint8)
        edges = [mask_HW[0], mask_HW[-1], mask_HW[:, 0], mask_HW[:, -1]]
        if any(edge.any() for edge in edges):
            continue
        outline, _ = cv2.findContours(mask_HW, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        _, axes, _ = cv2.fitEllipse(max(outline, key=len))
        found.append(min(axes) / max(axes))
    assert len(found) > 20
    assert np.mean(found) == pytest.approx(0.783, abs=0.03)
    assert 0.02 < np.std(found) < 0.08


def test_what_lies_outside_the_image_is_not_uneven() -> None:
    body = body_of(FETAL_HEAD, "head", 0)
    beyond = body.ellipse((1000.0, 0.0), (1.0, 1.0))
    assert body.uneven(beyond, 0.7, 2.0).size == 0
