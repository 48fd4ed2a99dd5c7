"""Ribs: convex to the probe, with a shadow behind."""

import numpy as np
import pytest

from pipeline.simulate.anatomy.ribs import rib
from pipeline.simulate.atlas import BREAST, LUNG, Anatomy
from pipeline.simulate.losses import two_way_loss
from tests.simulate.anatomy.bodies import body_of


@pytest.mark.parametrize("anatomy", [BREAST, LUNG])
def test_the_front_of_a_rib_is_convex_to_the_probe(anatomy: Anatomy) -> None:
    for seed in range(20):
        body = body_of(anatomy, anatomy.findings[0], seed)
        region = rib(body, (0.0, 0.6 * body.depth_cm), 0.2 * body.half_width)
        inside = region.distance_HW < 0
        columns = np.flatnonzero(inside.any(axis=0))
        front = inside.argmax(axis=0)[columns].astype(float)
        middle = slice(len(front) // 4, -(len(front) // 4))
        # Deeper at both ends than in the middle, and bent that way as a whole.
        assert min(front[0], front[-1]) > front[middle].mean() + 1, seed
        assert np.polyfit(columns, front, 2)[0] > 0, seed
        surface = body.scene.surface_HW[region.window]
        assert surface[:, columns[middle]].max() > 10


def test_sound_hardly_returns_from_behind_a_rib() -> None:
    body = body_of(BREAST, "normal", 1)
    rib(body, (0.0, 1.5), 0.6)
    loss_DB = two_way_loss(body.scene, 10.0)
    shadow, beside = loss_DB[-1, loss_DB.shape[1] // 2], loss_DB[-1, 1]
    assert shadow > beside + 40
