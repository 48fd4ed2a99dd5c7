"""From a painted scene to a B-mode image: scatterers, beams, losses, noise, compression.

Echoes are formed in beam space (`_DB`: depth by beam) as baseband data. Speckle is the magnitude
of the scatterers' echoes added up within the point spread (Wagner et al. 1983); shadows and
enhancement come from the loss along each beam against a time-gain compensation that expects soft
tissue everywhere; electronic noise passes the same compensation, so it shows at depth.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.simulate.artefacts import add_comet_tails, clutter, reverberate
from pipeline.simulate.beams import Beam, Echoes, PointSpread, point_spread
from pipeline.simulate.gaussian import complex_noise
from pipeline.simulate.losses import amplitude, evenly, expected_loss, soften_shadows, two_way_loss
from pipeline.simulate.medium import Medium, lattice_power
from pipeline.simulate.probes import FINENESS, Map, Probe
from pipeline.simulate.scene import Scene

# The grey level of soft tissue at 0 dB gain, share of the scale.
SOFT_GREY = 0.48
# Power that keeps logarithms finite.
SILENCE = 1e-20
# How uneven a surface reflects, relative to the scatterers' spread amplitudes.
UNEVENNESS = 1.2
# How far a surface is drawn above and below its place, pixels.
SURFACE_REACH = 2.0


@dataclass(frozen=True)
class Acquisition:
    """The settings of one machine in one exam.

    `depth_cm` of the image's bottom; `gain` in dB; `dynamic_range` in dB from black to white;
    `tgc` = errors in dB of the time-gain compensation at evenly spaced depths; `contact` = what
    poor contact to the skin loses, dB at evenly spaced beams; `sensitivity` = soft tissue at the
    probe's face above the electronic noise, dB; `clutter` = multiple reflections relative to the
    echoes that they follow, dB; `smoothing` of the grey image in screen pixels.
    """

    beam: Beam
    depth_cm: float
    gain: float
    dynamic_range: float
    tgc: tuple[float, ...]
    contact: tuple[float, ...]
    sensitivity: float
    clutter: float
    smoothing: float


def form_image(
    scene: Scene, acquisition: Acquisition, medium: Medium, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return the grey B-mode image `_HW` of a scene, 0 outside the sector; `rng` makes noise."""
    echo_DB = receive(scene, acquisition, medium, rng)
    grey_DB = compress(echo_DB, compensation(scene, acquisition), acquisition.dynamic_range)
    # Lines are thinned out to the screen's rows and columns after detection, which evens out
    # speckle.
    across = float(np.hypot(acquisition.smoothing, 0.5))
    along = across * FINENESS
    even_DB = np.asarray(cv2.GaussianBlur(grey_DB, (0, 0), across, sigmaY=along), np.float32)
    return np.asarray(np.rint(scene.probe.scan_convert(even_DB) * 255), np.uint8)


def receive(
    scene: Scene, acquisition: Acquisition, medium: Medium, rng: np.random.Generator
) -> Echoes:
    """Return the echoes `_DB` before compensation and compression.

    Soft tissue at the probe's face has root mean square 1.
    """
    beam, probe = acquisition.beam, scene.probe
    spread = point_spread(beam, probe, scene.pixel_cm)
    loss_DB = soften_shadows(two_way_loss(scene, beam.frequency_mhz), scene)
    loss_DB += evenly(acquisition.contact, probe.width)
    echo_DB, scatter_DB = _sources(scene, medium, spread, amplitude(-loss_DB))
    expected_D = expected_loss(scene, beam.frequency_mhz)
    step_cm = probe.axial_step * scene.pixel_cm
    echo_DB += clutter(
        echo_DB, scatter_DB, acquisition.clutter, step_cm / beam.wavelength_cm, expected_D[1]
    )
    if scene.mirrors:
        echo_DB = reverberate(echo_DB, loss_DB, scene)
    if scene.comet_tails:
        echo_DB = add_comet_tails(echo_DB, scatter_DB, loss_DB, expected_D, scene)
    echo_DB = spread.across(echo_DB)
    echo_DB += _noise(rng, (probe.depths, probe.width), acquisition.sensitivity, spread)
    return spread.along(echo_DB)


def _sources(
    scene: Scene, medium: Medium, spread: PointSpread, passing_DB: Map
) -> tuple[Echoes, Echoes]:
    """Return what scatterers and surfaces send back, and all scatterers at 0 dB without loss.

    Both are before the point spread, which leaves the scatterers a mean power of 1. `passing_DB`
    is the share of the amplitude that returns from each place.
    """
    probe, zoom = scene.probe, scene.pose.zoom
    power_D = lattice_power(spread.axial, probe.axial_step, zoom) * lattice_power(
        spread.lateral_D, probe.lateral_step, zoom
    )
    scatter_DB = medium.sample(scene)
    surface_DB = probe.sample(scene.surface_HW)
    surface_DB *= _surface_gain(spread, probe)
    surface_DB *= 1 + np.float32(UNEVENNESS) * scatter_DB.real
    scatter_DB *= (1 / np.sqrt(power_D)).astype(np.float32)[:, None]
    echo_DB = scatter_DB * (amplitude(probe.sample(scene.echo_HW)) * passing_DB)
    # A surface is drawn on both sides of its place, but sound does not pass it to be reflected.
    reach = round(SURFACE_REACH / probe.axial_step)
    echo_DB[reach:] += surface_DB[reach:] * passing_DB[:-reach]
    return echo_DB, scatter_DB


def _surface_gain(spread: PointSpread, probe: Probe) -> np.float32:
    """Return the factor that gives the image of a surface its strength as peak.

    It is painted as a triangle and sampled linearly, each of which has variance 1/6 of a pixel.
    """
    blurred = np.hypot(spread.axial, np.sqrt(1 / 3) / probe.axial_step)
    return np.float32(np.sqrt(2 * np.pi) * blurred * probe.axial_step)


def _noise(
    rng: np.random.Generator, shape: tuple[int, int], sensitivity: float, spread: PointSpread
) -> Echoes:
    """Draw electronic noise that lies `sensitivity` dB below 1 once the pulse filter has passed."""
    level = 10 ** (-sensitivity / 20) / np.sqrt(np.sum(spread.pulse**2))
    return complex_noise(rng, shape) * np.float32(level)


def compensation(scene: Scene, acquisition: Acquisition) -> Map:
    """Return the gain at each depth `_D`, dB: expected loss, the operator's sliders, gain."""
    sliders_D = evenly(acquisition.tgc, scene.probe.depths)
    expected_D = expected_loss(scene, acquisition.beam.frequency_mhz)
    return expected_D + sliders_D + np.float32(acquisition.gain)


def compress(echo_DB: Echoes, gain_D: Map, dynamic_range: float) -> Map:
    """Return grey levels, 0 to 1: the echoes' magnitude on a scale of `dynamic_range` dB."""
    power_DB = echo_DB.real**2 + echo_DB.imag**2
    grey_DB = np.log10(power_DB + np.float32(SILENCE))
    grey_DB *= np.float32(10 / dynamic_range)
    grey_DB += (gain_D / np.float32(dynamic_range) + np.float32(SOFT_GREY))[:, None]
    return np.asarray(np.clip(grey_DB, 0, 1, out=grey_DB))
