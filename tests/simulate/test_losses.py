from dataclasses import replace

import numpy as np
import pytest

from pipeline.simulate.losses import PENUMBRA, soften_shadows, sum_down, two_way_loss
from pipeline.simulate.probes import Probe, ProbeKind
from pipeline.simulate.shapes import blob
from pipeline.simulate.tissues import BONE, CALCIFICATION, FLUID, GAS, SOFT, Tissue
from tests.simulate.phantoms import BEAM, IDEAL, LINEAR, decibel, echoes, picture, scene_of


@pytest.mark.parametrize("kind", ["linear", "convex"])
@pytest.mark.parametrize(("attenuation", "frequency"), [(0.5, 3.5), (0.9, 5.0), (0.3, 7.0)])
def test_level_falls_by_twice_attenuation_times_frequency(
    kind: ProbeKind, attenuation: float, frequency: float
) -> None:
    """The slope is fitted to what the probe receives, without any compensation."""
    probe = Probe(kind, 200, 200)
    scene = scene_of(probe, replace(SOFT, attenuation=attenuation), depth_cm=8.0)
    settings = replace(IDEAL, beam=replace(BEAM, frequency_mhz=frequency))
    level = np.mean(
        [[decibel(row) for row in echoes(scene, settings, s)] for s in range(3)], axis=0
    )
    depth_cm = np.arange(probe.depths) * probe.axial_step * scene.pixel_cm
    slope = np.polyfit(depth_cm[20:-20], level[20:-20], 1)[0]
    assert -slope == pytest.approx(2 * attenuation * frequency, rel=0.05)


def test_compensation_levels_soft_tissue_and_nothing_else() -> None:
    level = picture(scene_of()).astype(float)[10:-10].mean(axis=1)
    assert abs(np.polyfit(np.arange(level.size), level, 1)[0]) * level.size < 6
    steep = picture(scene_of(tissue=replace(SOFT, attenuation=0.8))).astype(float).mean(axis=1)
    assert steep[-20:].mean() < steep[10:30].mean() - 40


@pytest.mark.parametrize("hard", [BONE, CALCIFICATION, GAS])
def test_hard_tissue_casts_a_shadow_and_fluid_enhances(hard: Tissue) -> None:
    scene = scene_of()
    scene.fill(blob(scene.x_HW, scene.y_HW, (-0.7, -0.4), (0.2, 0.1)), hard)
    scene.fill(blob(scene.x_HW, scene.y_HW, (0.7, -0.3), (0.25, 0.3)), FLUID)
    below = echoes(scene)[-60:-20]
    columns = [slice(40, 48), slice(96, 104), slice(152, 160)]
    shadow, plain, enhanced = (decibel(below[:, each]) for each in columns)
    assert shadow < plain - 20
    # Fluid of 0.6 units = 3 cm spares 2 x 0.48 dB/cm/MHz x 3.5 MHz.
    assert enhanced - plain == pytest.approx(2 * 0.48 * 3.5 * 3.0, abs=1.5)


def test_a_thin_layer_of_gas_reflects_nearly_everything() -> None:
    scene = scene_of()
    before = two_way_loss(scene, 3.5)
    scene.fill(np.abs(scene.y_HW) - np.float32(0.02), replace(GAS, attenuation=SOFT.attenuation))
    added = (two_way_loss(scene, 3.5) - before)[-1]
    # R = (1.65 - 0.0004) / (1.65 + 0.0004); 1 - R^2 is lost twice, on entering and on leaving.
    expected = -2 * 20 * np.log10(4 * 1.65 * 0.0004 / (1.65 + 0.0004) ** 2)
    assert added == pytest.approx(expected, rel=0.001)


def test_the_edges_of_a_shadow_widen_with_depth() -> None:
    scene = scene_of()
    scene.fill(blob(scene.x_HW, scene.y_HW, (-1.25, -0.8), (1.25, 0.05)), BONE)
    loss_DB = soften_shadows(two_way_loss(scene, 3.5), scene)
    variance = []
    for depth_cm in (2.0, 4.0, 8.0):
        row = round(depth_cm / scene.pixel_cm / LINEAR.axial_step)
        step = np.abs(np.diff(10 ** (-(loss_DB[row] - loss_DB[row].min()) / 20)))
        place_cm = np.arange(step.size) * scene.pixel_cm
        middle = np.average(place_cm, weights=step)
        variance.append(np.average((place_cm - middle) ** 2, weights=step))
    assert np.diff(variance) == pytest.approx([PENUMBRA * 2.0, PENUMBRA * 4.0], rel=0.1)


def test_softening_leaves_what_is_alike_across_the_beams() -> None:
    loss_DB = two_way_loss(scene_of(), 3.5)
    assert np.allclose(soften_shadows(loss_DB, scene_of()), loss_DB, atol=1e-3)


def test_sums_run_down_each_beam() -> None:
    values = np.random.default_rng(1).random((60, 7), dtype=np.float32)
    assert np.allclose(sum_down(values), np.cumsum(values, axis=0), rtol=1e-5)


def test_noise_shows_at_depth_and_not_near_the_probe() -> None:
    scene = scene_of()
    noisy = echoes(scene, replace(IDEAL, sensitivity=30.0))
    clean = echoes(scene)
    assert decibel(noisy[:40]) == pytest.approx(decibel(clean[:40]), abs=0.2)
    assert decibel(clean[-20:]) < -33
    assert decibel(noisy[-20:]) == pytest.approx(-29, abs=1.5)
    assert LINEAR.depths > 60
