"""From a painted scene to a B-mode image: scatterers, point spread, attenuation, compression.

The model is the usual one of a fast simulator: fully developed speckle is the magnitude of a
complex Gaussian field shaped by the point spread function (Wagner et al. 1983), attenuation adds
up along each beam, and the envelope is shown on a log scale.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from pipeline.simulate.probes import Map, Probe
from pipeline.simulate.scene import Scene

# Electronic noise below soft tissue, dB.
NOISE = -44.0


@dataclass(frozen=True)
class Acquisition:
    """The settings of one machine in one exam.

    `gain` in dB; `dynamic_range` in dB from black to white; `psf` = standard deviations of the
    point spread along and across the beam, in pixels of beam space; `tgc` = errors in dB of the
    time-gain compensation at evenly spaced depths; `smoothing` in pixels.
    """

    gain: float
    dynamic_range: float
    psf: tuple[float, float]
    tgc: tuple[float, ...]
    smoothing: float


def scatter_field(rng: np.random.Generator, probe: Probe) -> npt.NDArray[np.float32]:
    """Draw scatterers: the real and imaginary parts `_2DB` of a white complex Gaussian field."""
    return rng.standard_normal((2, probe.height, probe.width), dtype=np.float32)


def _envelope(
    amplitude_DB: Map, scatter_2DB: npt.NDArray[np.float32], psf: tuple[float, float]
) -> Map:
    """Return the echo magnitude, of root mean square 1 where the amplitude is 1."""
    real, imaginary = (
        ndimage.gaussian_filter(part * amplitude_DB, psf, truncate=2.5) for part in scatter_2DB
    )
    # A Gaussian of these widths keeps 1 / (4 pi s_axial s_lateral) of white noise's power.
    scale = np.sqrt(4 * np.pi * psf[0] * psf[1] / 2)
    return np.asarray(np.hypot(real, imaginary) * np.float32(scale))


def _depth_gain(acquisition: Acquisition, height: int) -> Map:
    """Return the compensation error of each depth, dB `_D1`."""
    knots = np.linspace(0, height - 1, len(acquisition.tgc))
    curve = np.interp(np.arange(height), knots, acquisition.tgc)
    return curve.astype(np.float32)[:, None]


def form_image(
    scene: Scene, probe: Probe, acquisition: Acquisition, scatter_2DB: npt.NDArray[np.float32]
) -> npt.NDArray[np.uint8]:
    """Return the grey B-mode image `_HW` of a scene, 0 outside the sector."""
    echo_DB = probe.sample(scene.echo_HW)
    loss_DB = np.cumsum(probe.sample(scene.attenuation_HW), axis=0) / np.float32(scene.unit)
    amplitude_DB = np.power(np.float32(10), (echo_DB - loss_DB) / 20)
    envelope_DB = _envelope(amplitude_DB, scatter_2DB, acquisition.psf)
    decibel_DB = 20 * np.log10(envelope_DB + np.float32(10 ** (NOISE / 20)))
    decibel_DB += _depth_gain(acquisition, probe.height) + np.float32(acquisition.gain)
    # Soft tissue lies at 48% of the grey scale when the gain is 0 dB.
    grey_DB = np.clip(decibel_DB / np.float32(acquisition.dynamic_range) + np.float32(0.48), 0, 1)
    if acquisition.smoothing > 0:
        grey_DB = ndimage.gaussian_filter(grey_DB, acquisition.smoothing, truncate=2.5)
    screen_HW = probe.scan_convert(np.asarray(grey_DB, np.float32))
    return np.asarray(np.rint(screen_HW * 255), np.uint8)
