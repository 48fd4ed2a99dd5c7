"""Texture of muscle and fat: no pattern, never finer than the pixels, strands along the wall."""

import numpy as np

from pipeline.io.seeds import generator
from pipeline.simulate.anatomy.body import Body, Case
from pipeline.simulate.anatomy.texture import fibres, septa
from pipeline.simulate.atlas import THYROID
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene
from tests.simulate.anatomy.bodies import body_of


def small_body(height: int, seed: int) -> Body:
    scene = Scene(Probe("linear", height, height), Pose(), THYROID.depth_cm)
    shape, look = generator(seed, "shape"), generator(seed, "look")
    return Body(scene, Case("nodule", shape, look, Difficulty(0.5)))


def test_strands_of_muscle_have_no_one_period() -> None:
    for seed in range(8):
        body = small_body(256, seed)
        echo_HW = fibres(body, body.whole())
        power = np.abs(np.fft.rfft(echo_HW - echo_HW.mean(), axis=0)) ** 2
        # Stripes at equal steps would put all of it into a frequency or two.
        assert power.mean(axis=1).max() < 0.15 * power.mean(axis=1).sum()


def test_strands_of_muscle_are_long_and_never_finer_than_pixels() -> None:
    for height in (64, 128, 256):
        body = small_body(height, 2)
        echo_HW = fibres(body, body.whole())
        echo_HW = echo_HW - echo_HW.mean()
        down = np.mean(echo_HW[1:] * echo_HW[:-1]) / np.mean(echo_HW**2)
        across = np.mean(echo_HW[:, 1:] * echo_HW[:, :-1]) / np.mean(echo_HW**2)
        assert across > 0.95 > down > 0.5


def test_septa_lie_within_the_fat_and_shine_where_they_face_the_probe() -> None:
    shares = []
    for seed in range(10):
        body = body_of(THYROID, "nodule", seed)
        layer = body.layer(1.5)
        septa(body, layer, 0.4)
        bright_HW = body.scene.surface_HW > 1
        assert not bright_HW[layer.distance_HW > 0].any()
        shares.append(bright_HW[layer.distance_HW < -0.1].mean())
    assert 0.01 < np.mean(shares) < 0.3
