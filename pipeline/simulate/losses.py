"""What sound loses on its way through a scene, and what a machine expects it to lose."""

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.simulate.probes import Map
from pipeline.simulate.scene import Scene

# How fast the edges of shadows widen: variance across the beams gained per depth, cm (our
# assumption: 1 mm of standard deviation 1 cm behind what throws the shadow).
PENUMBRA = 0.01
# Samples from one widening to the next, and the most that is told apart from silence, dB.
WIDENED_EVERY, SILENT = 16, 400.0
# What time-gain compensation expects of tissue, dB/cm/MHz one way.
EXPECTED_ATTENUATION = 0.5


def two_way_loss(scene: Scene, frequency_mhz: float) -> Map:
    """Return what is lost of the sound on its way to each place and back, dB `_DB`.

    Attenuation is proportional to frequency; at each step of impedance the pressure that passes
    both ways is 1 - R^2 (Szabo 2014, chapter 3).
    """
    index_DB = scene.probe.sample_index(scene.tissue_HW)
    step_cm = scene.probe.axial_step * scene.pixel_cm
    attenuation = np.array([each.attenuation for each in scene.tissues], np.float32)
    loss_DB = (attenuation * np.float32(2 * frequency_mhz * step_cm)).take(index_DB)
    edges = np.flatnonzero(index_DB[1:] != index_DB[:-1])
    above, below = index_DB[:-1].ravel()[edges], index_DB[1:].ravel()[edges]
    loss_DB[1:].reshape(-1)[edges] += _crossing_losses(scene)[above, below]
    return sum_down(loss_DB)


def _crossing_losses(scene: Scene) -> Map:
    """Return what each pair of tissues reflects of what passes both ways, dB."""
    impedance = np.array([each.impedance for each in scene.tissues])
    reflection = (impedance[:, None] - impedance) / (impedance[:, None] + impedance)
    return np.asarray(-20 * np.log10(1 - reflection**2), np.float32)


def soften_shadows(loss_DB: Map, scene: Scene) -> Map:
    """Return the loss as an aperture sees it: sound reaches past the sides of what is in its way.

    What passes at one depth is spread across the beams before it goes on, so the edge of a shadow
    is sharp behind its cause and widens below.
    """
    probe, depths = scene.probe, scene.probe.depths
    spread = np.sqrt(PENUMBRA * WIDENED_EVERY * probe.axial_step * scene.pixel_cm) / scene.pixel_cm
    change_B = np.zeros(loss_DB.shape[1], np.float32)
    softened_DB = loss_DB.copy()
    for start in range(WIDENED_EVERY, depths, WIDENED_EVERY):
        above_B = softened_DB[start - 1]
        least = above_B.min()
        passing_1B = amplitude(least - above_B)[None]
        sigma = float(spread / probe.lateral_step[start])
        spread_B = cv2.GaussianBlur(passing_1B, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)[0]
        widened_B = np.minimum(-20 * np.log10(spread_B + np.float32(10 ** (-SILENT / 20))), SILENT)
        change_B += least + widened_B - above_B
        softened_DB[start : start + WIDENED_EVERY] += change_B
    return softened_DB


def expected_loss(scene: Scene, frequency_mhz: float) -> Map:
    """Return the two-way loss that time-gain compensation assumes at each depth `_D`, dB."""
    depth_cm = np.arange(scene.probe.depths) * scene.probe.axial_step * scene.pixel_cm
    return (2 * EXPECTED_ATTENUATION * frequency_mhz * depth_cm).astype(np.float32)


def sum_down(value_DB: Map) -> Map:
    """Return the sum of each place and all above it.

    By differences of a summed area: numpy's cumsum down the columns is several times slower.
    """
    area = cv2.integral(value_DB, sdepth=cv2.CV_64F)
    return np.diff(area[1:], axis=1).astype(np.float32)


def evenly(knots: tuple[float, ...], count: int) -> Map:
    """Return `count` values that run straight between evenly spaced knots."""
    places = np.linspace(0, count - 1, len(knots))
    return np.interp(np.arange(count), places, knots).astype(np.float32)


def amplitude(decibel: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the amplitudes of levels in dB."""
    return np.asarray(np.exp(decibel * np.float32(np.log(10) / 20)))
