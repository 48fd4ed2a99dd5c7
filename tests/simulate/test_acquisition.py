from dataclasses import replace

import numpy as np
import pytest

from pipeline.simulate.atlas import ANATOMIES
from pipeline.simulate.machines import MACHINES, Machine, acquisition_settings
from pipeline.simulate.probes import Probe
from tests.simulate.phantoms import IDEAL, LINEAR, LOSSLESS, echoes, noise_of, picture, scene_of


def test_uniform_tissue_has_the_grey_level_of_its_echo() -> None:
    for echo in (-10.0, 0.0, 8.0):
        scene = scene_of(tissue=replace(LOSSLESS, echo=echo))
        level = (picture(scene, replace(IDEAL, tgc=(0.0, -35.0)))[:8] / 255 - 0.48) * 60
        # The mean logarithm of an exponential intensity lies 2.5 dB below its mean.
        assert level.mean() == pytest.approx(echo - 2.5, abs=1.5)


def test_gain_adds_decibels() -> None:
    scene = scene_of()
    step = picture(scene, replace(IDEAL, gain=6.0)).astype(float) - picture(scene)
    assert np.median(step) / 255 * IDEAL.dynamic_range == pytest.approx(6.0, abs=0.3)


def test_speckle_does_not_follow_the_pixels_of_a_small_image() -> None:
    """Neighbours along and across the beams are about as alike, though the beam is very narrow."""
    beam = replace(IDEAL.beam, frequency_mhz=10.0)
    scene = scene_of(Probe("linear", 64, 80), depth_cm=4.0)
    image = picture(scene, replace(IDEAL, beam=beam, smoothing=0.4, depth_cm=4.0)).astype(float)
    image -= image.mean()
    down = np.mean(image[1:] * image[:-1]) / image.var()
    across = np.mean(image[:, 1:] * image[:, :-1]) / image.var()
    assert across > 0.55
    assert abs(down - across) < 0.15, (down, across)


def test_dynamic_range_sets_contrast() -> None:
    narrow, wide = (
        picture(scene_of(), replace(IDEAL, dynamic_range=span)).astype(float).std()
        for span in (40.0, 80.0)
    )
    assert narrow == pytest.approx(2 * wide, rel=0.1)


def test_sliders_and_contact_darken_depths_and_sides() -> None:
    scene, plain = scene_of(), picture(scene_of()).astype(float)
    deep = plain - picture(scene, replace(IDEAL, tgc=(0.0, 0.0, -12.0)))
    assert np.abs(deep[:60]).mean() < 2
    assert deep[-10:].mean() > 35
    aside = plain - picture(scene, replace(IDEAL, contact=(12.0, 0.0, 0.0)))
    assert aside[:, :10].mean() > 35
    assert np.abs(aside[:, 120:]).mean() < 2


def test_nothing_is_shown_outside_the_sector() -> None:
    probe = Probe("convex", 128, 160)
    image = picture(scene_of(probe))
    assert np.all(image[~probe.sector] == 0)
    assert image[probe.sector].mean() > 60


def test_the_same_seeds_give_the_same_bytes() -> None:
    first, again = (picture(scene_of(), seed=5).tobytes() for _ in range(2))
    assert first == again
    assert first != picture(scene_of(), seed=6).tobytes()


def test_noise_and_scatterers_are_drawn_apart() -> None:
    """Frames of one body differ in electronic noise alone."""
    scene, settings = scene_of(LINEAR), replace(IDEAL, sensitivity=40.0)
    medium, _ = noise_of(scene, 1)
    assert np.array_equal(medium.sample(scene), noise_of(scene, 1)[0].sample(scene))
    near, far = echoes(scene, settings, 1)[:60], echoes(scene, settings, 1)[-60:]
    assert near.mean() > far.mean()


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.model)
def test_a_machine_scans_every_anatomy_within_its_means(machine: Machine) -> None:
    for anatomy in ANATOMIES:
        settings = acquisition_settings(machine, anatomy, np.random.default_rng(1))
        assert settings.depth_cm == machine.depth_cm(anatomy) >= anatomy.depth_cm
        assert settings.beam.frequency_mhz == machine.frequency_mhz(anatomy)
        assert 0 < settings.beam.focus_cm < settings.depth_cm
        # Noise must not drown the middle of the image.
        middle = settings.beam.frequency_mhz * settings.depth_cm / 2
        assert settings.sensitivity - middle > 20
