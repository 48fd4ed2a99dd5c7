"""The heart from its apex: the near field is veiled, walls along the beams are faint."""

import numpy as np

from pipeline.simulate.anatomy.heart import HAZE_CM
from pipeline.simulate.atlas import HEART
from tests.simulate.anatomy.bodies import painted

SEEDS = range(20)


def test_haze_veils_the_near_half_of_the_ventricle_only() -> None:
    near, far = [], []
    for seed in SEEDS:
        scene = painted(HEART, "heart", seed)
        depth_cm = np.indices(scene.mask_HW.shape)[0] * scene.pixel_cm
        cavity_HW = scene.mask_HW == 1
        near.append(scene.echo_HW[cavity_HW & (depth_cm < 4)].mean())
        far.append(scene.echo_HW[cavity_HW & (depth_cm > HAZE_CM + 0.5)].mean())
    assert np.median(near) > np.median(far) + 4


def test_muscle_that_runs_along_the_beams_is_fainter() -> None:
    along, across = [], []
    for seed in SEEDS:
        scene = painted(HEART, "heart", seed)
        rows, columns = np.nonzero(scene.mask_HW == 2)
        apex = rows < np.quantile(rows, 0.1)
        walls = (rows > np.quantile(rows, 0.4)) & (rows < np.quantile(rows, 0.7))
        level = scene.echo_HW[rows, columns]
        across.append(level[apex].mean())
        along.append(level[walls].mean())
    assert np.median(along) < np.median(across) - 2
