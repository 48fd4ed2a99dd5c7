"""Test objects with known physics, scanned by a machine without any fault."""

from dataclasses import replace
from typing import Any

import numpy as np

from pipeline.io.seeds import generator
from pipeline.simulate.acquisition import Acquisition, form_image, receive
from pipeline.simulate.beams import Beam
from pipeline.simulate.medium import Medium
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene
from pipeline.simulate.tissues import SOFT, Tissue

BEAM = Beam(
    frequency_mhz=3.5, bandwidth=0.6, f_number=2.0, aperture_cm=3.0, focus_cm=5.0, sidelobes=0.0
)
IDEAL = Acquisition(
    beam=BEAM, depth_cm=10.0, gain=0.0, dynamic_range=60.0, tgc=(0.0, 0.0), contact=(0.0, 0.0),
    sensitivity=300.0, clutter=-300.0, smoothing=0.0,
)  # fmt: skip
LINEAR = Probe("linear", 160, 200)
LOSSLESS = replace(SOFT, attenuation=0.0)
SILENT = replace(LOSSLESS, echo=-300.0)


def scene_of(probe: Probe = LINEAR, tissue: Tissue = SOFT, depth_cm: float = 10.0) -> Scene:
    scene = Scene(probe, Pose(), depth_cm)
    scene.fill(np.full_like(scene.x_HW, -10), tissue)
    return scene


def echoes(scene: Scene, settings: Acquisition = IDEAL, seed: int = 3) -> np.ndarray:
    """Return the magnitude of what the probe receives, before compensation."""
    return np.abs(receive(scene, settings, *noise_of(scene, seed)))


def picture(scene: Scene, settings: Acquisition = IDEAL, seed: int = 3) -> np.ndarray:
    return form_image(scene, settings, *noise_of(scene, seed))


def noise_of(scene: Scene, seed: int) -> tuple[Medium, np.random.Generator]:
    medium = Medium(scene.probe.height, scene.probe.width, seed)
    return medium, generator(seed, "noise")


def decibel(magnitude: Any) -> Any:
    """Return the level of a mean power in dB."""
    return 10 * np.log10(np.mean(np.square(magnitude)))


def rows_at(probe: Probe, depth_cm: float, scene: Scene) -> int:
    """Return the sample at a depth."""
    return round(depth_cm / (probe.axial_step * scene.pixel_cm))
