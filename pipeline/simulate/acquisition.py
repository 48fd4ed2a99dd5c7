"""From a painted scene to a B-mode image: scatterers, beams, losses, noise, compression.

Echoes are formed in beam space (`_DB`: depth by beam) as baseband data. Speckle is the magnitude
of the scatterers' echoes added up within the point spread (Wagner et al. 1983); shadows and
enhancement come from the loss along each beam against a time-gain compensation that expects soft
tissue everywhere; electronic noise passes the same compensation, so it shows at depth.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.simulate.artefacts import Echoes, comet_tails, reverberate
from pipeline.simulate.beams import Beam, PointSpread, point_spread
from pipeline.simulate.medium import Medium, lattice_power
from pipeline.simulate.probes import Map
from pipeline.simulate.scene import Scene

# What time-gain compensation expects of tissue, dB/cm/MHz one way.
EXPECTED_ATTENUATION = 0.5
# The grey level of soft tissue at 0 dB gain, share of the scale.
SOFT_GREY = 0.48


@dataclass(frozen=True)
class Acquisition:
    """The settings of one machine in one exam.

    `gain` in dB; `dynamic_range` in dB from black to white; `tgc` = errors in dB of the time-gain
    compensation at evenly spaced depths; `sensitivity` = soft tissue at the probe's face above
    the electronic noise, dB; `smoothing` of the grey image in samples.
    """

    beam: Beam
    gain: float
    dynamic_range: float
    tgc: tuple[float, ...]
    sensitivity: float
    smoothing: float


def form_image(
    scene: Scene, acquisition: Acquisition, medium: Medium, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return the grey B-mode image `_HW` of a scene, 0 outside the sector; `rng` makes noise."""
    envelope_DB = form_envelope(scene, acquisition, medium, rng)
    decibel_DB = np.float32(20) * np.log10(envelope_DB + np.float32(1e-9))
    decibel_DB += compensation(scene, acquisition)[:, None]
    grey_DB = decibel_DB / np.float32(acquisition.dynamic_range) + np.float32(SOFT_GREY)
    grey_DB = np.clip(grey_DB, 0, 1)
    if acquisition.smoothing > 0:
        grey_DB = ndimage.gaussian_filter(grey_DB, acquisition.smoothing, truncate=2.5)
    screen_HW = scene.probe.scan_convert(np.asarray(grey_DB, np.float32))
    return np.asarray(np.rint(screen_HW * 255), np.uint8)


def form_envelope(
    scene: Scene, acquisition: Acquisition, medium: Medium, rng: np.random.Generator
) -> Map:
    """Return the echo magnitude `_DB` before compensation and compression.

    Soft tissue at the probe's face has root mean square 1.
    """
    spread = point_spread(acquisition.beam, scene.probe, scene.pixel_cm)
    loss_DB = two_way_loss(scene, acquisition.beam.frequency_mhz)
    echo_DB = _echoes(scene, medium, spread)
    echo_DB *= np.power(np.float32(10), loss_DB / np.float32(-20))
    if scene.mirrors:
        echo_DB = reverberate(echo_DB, loss_DB, scene)
    echo_DB = spread.across(echo_DB)
    if scene.comet_tails:
        clear_DB, tails_DB = comet_tails(scene, _ringing(scene, acquisition, rng))
        echo_DB = echo_DB * clear_DB + tails_DB
    noise_DB = rng.standard_normal((*echo_DB.shape, 2), dtype=np.float32).view(np.complex64)
    pulse_power = float(np.sum(spread.pulse**2))
    level = 10 ** (-acquisition.sensitivity / 20) / np.sqrt(2 * pulse_power)
    echo_DB += noise_DB[..., 0] * np.float32(level)
    return np.abs(spread.along(echo_DB))


def two_way_loss(scene: Scene, frequency_mhz: float) -> Map:
    """Return what is lost of the sound on its way to each place and back, dB `_DB`.

    Attenuation is proportional to frequency; at each step of impedance the pressure that passes
    both ways is 1 - R^2.
    """
    probe = scene.probe
    index_DB = probe.sample_index(scene.tissue_HW)
    step_cm = probe.axial_step * scene.pixel_cm
    attenuation = np.array([each.attenuation for each in scene.tissues], np.float32)
    loss_DB = (attenuation * np.float32(2 * frequency_mhz * step_cm))[index_DB]
    impedance = np.array([each.impedance for each in scene.tissues])
    reflection = (impedance[:, None] - impedance) / (impedance[:, None] + impedance)
    step_loss = (-20 * np.log10(1 - reflection**2)).astype(np.float32)
    loss_DB[1:] += step_loss[index_DB[:-1], index_DB[1:]]
    return np.cumsum(loss_DB, axis=0)


def compensation(scene: Scene, acquisition: Acquisition) -> Map:
    """Return the gain at each depth `_D`, dB: expected loss, the operator's sliders, gain."""
    probe = scene.probe
    depth_cm = np.arange(probe.height) * probe.axial_step * scene.pixel_cm
    nominal = 2 * EXPECTED_ATTENUATION * acquisition.beam.frequency_mhz * depth_cm
    knots = np.linspace(0, probe.height - 1, len(acquisition.tgc))
    error = np.interp(np.arange(probe.height), knots, acquisition.tgc)
    return np.asarray(nominal + error + acquisition.gain, np.float32)


def _echoes(scene: Scene, medium: Medium, spread: PointSpread) -> Echoes:
    """Return the echoes of all scatterers and surfaces before any loss."""
    probe = scene.probe
    power = lattice_power(spread.axial, probe.axial_step, scene.pose.zoom)
    power = power * lattice_power(spread.lateral_D, probe.lateral_step, scene.pose.zoom)
    level_D1 = (1 / np.sqrt(power)).astype(np.float32)[:, None]
    amplitude_DB = np.power(np.float32(10), probe.sample(scene.echo_HW) / 20)
    echo_DB = medium.sample(scene).view(np.complex64)[..., 0]
    echo_DB *= amplitude_DB * level_D1
    # A surface one pixel thick gives its peak through the pulse, whatever the beam's width.
    peak = spread.pulse.max() / np.float32(probe.axial_step)
    echo_DB += probe.sample(scene.surface_HW) / peak
    return np.asarray(echo_DB)


def _ringing(scene: Scene, acquisition: Acquisition, rng: np.random.Generator) -> Echoes:
    """Return the uneven ringing of a bubble along a beam `_D`, 0 dB after nominal compensation."""
    probe = scene.probe
    wave_2D = ndimage.gaussian_filter1d(rng.standard_normal((2, probe.height)), 2.0, axis=1)
    wave_D = wave_2D[0] + 1j * wave_2D[1]
    wave_D /= np.sqrt(np.mean(np.abs(wave_D) ** 2))
    depth_cm = np.arange(probe.height) * probe.axial_step * scene.pixel_cm
    nominal = 2 * EXPECTED_ATTENUATION * acquisition.beam.frequency_mhz * depth_cm
    return np.asarray((0.7 + 0.5 * wave_D) * 10 ** (-nominal / 20), np.complex64)
