from dataclasses import replace

import numpy as np

from pipeline.io.seeds import generator
from pipeline.simulate.acquisition import Acquisition, form_image, scatter_field
from pipeline.simulate.anatomy.tissue import bone, cyst
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene
from pipeline.simulate.shapes import blob

PLAIN = Acquisition(0.0, 60.0, (1.0, 1.6), (0.0, 0.0), 0.0)
LINEAR = Probe("linear", 128, 160)


def image_of(scene: Scene, settings: Acquisition = PLAIN, probe: Probe = LINEAR) -> np.ndarray:
    return form_image(scene, probe, settings, scatter_field(generator(3, "noise"), probe))


def test_uniform_tissue_shows_fully_developed_speckle() -> None:
    """A Rayleigh magnitude has standard deviation 5.57 dB, whatever its mean."""
    scene = Scene(128, 160, Pose())
    decibel = image_of(scene).astype(float) / 255 * PLAIN.dynamic_range
    assert abs(decibel[decibel > 0].std() - 5.57) < 0.5


def test_gain_adds_decibels() -> None:
    scene = Scene(128, 160, Pose())
    brighter = image_of(scene, replace(PLAIN, gain=6.0)).astype(float)
    step = np.median(brighter - image_of(scene)) / 255 * PLAIN.dynamic_range
    assert abs(step - 6.0) < 0.3


def test_bone_casts_a_shadow_and_fluid_enhances() -> None:
    scene = Scene(128, 160, Pose())
    bone(scene, blob(scene.x_HW, scene.y_HW, (-0.6, -0.4), (0.2, 0.1)))
    cyst(scene, blob(scene.x_HW, scene.y_HW, (0.6, -0.2), (0.25, 0.3)), wall=3)
    below = image_of(scene)[100:].mean(axis=0)
    shadow, plain, enhanced = below[36:48].mean(), below[74:86].mean(), below[112:124].mean()
    assert shadow < 0.5 * plain
    assert enhanced > plain + 5


def test_nothing_is_shown_outside_the_sector() -> None:
    probe = Probe("convex", 128, 160)
    image = image_of(Scene(128, 160, Pose()), probe=probe)
    assert np.all(image[~probe.sector] == 0)
    assert image[probe.sector].mean() > 60
