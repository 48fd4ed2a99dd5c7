"""The point spread of a pulse-echo beam: along it by bandwidth, across it by aperture and focus.

Baseband (IQ) data are formed: a Gaussian pulse without its carrier, and Gaussian beams.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy import fft

from pipeline.simulate.probes import Map, Probe

Echoes = npt.NDArray[np.complex64]

# Speed of sound that machines assume, cm per microsecond.
SPEED = 0.154
# How much wider than the beam its sidelobes and other clutter lie.
SIDELOBE_WIDTH = 6
# Full width at half maximum over standard deviation of a Gaussian.
FWHM = 2 * np.sqrt(2 * np.log(2))


@dataclass(frozen=True)
class Beam:
    """How a machine sends and receives.

    `frequency_mhz`: centre frequency; `bandwidth`: -6 dB width of the pulse over its centre
    frequency; `f_number`: depth over aperture, held by receive focusing until the aperture of
    `aperture_cm` is used up; `focus_cm`: the depth of the transmit focus; `sidelobes`: amplitude
    that goes into a beam `SIDELOBE_WIDTH` times as wide.
    """

    frequency_mhz: float
    bandwidth: float
    f_number: float
    aperture_cm: float
    focus_cm: float
    sidelobes: float

    @property
    def wavelength_cm(self) -> float:
        """The wavelength at the centre frequency."""
        return SPEED / self.frequency_mhz

    @property
    def axial_cm(self) -> float:
        """Standard deviation of the pulse's envelope in depth.

        A Gaussian spectrum of -6 dB width B f has standard deviation B f / 2.355, its pulse
        1 / (2 pi) over that; half of the way to and fro counts (Szabo 2014, chapter 5).
        """
        spectrum_mhz = self.bandwidth * self.frequency_mhz / FWHM
        return float(SPEED / 2 / (2 * np.pi * spectrum_mhz))

    def lateral_cm(self, depth_cm: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Standard deviation of the two-way beam at each depth.

        In its focus each one-way beam has a full width at half maximum of sqrt(2) x wavelength x
        F-number (an apodised aperture: 1.21 without, Szabo 2014, chapter 6), so the two-way beam
        has wavelength x F-number.
        The receiving one is focused at every depth; the sending one widens by geometry away from
        its focus. The two-way beam is their product.
        """
        depth = np.maximum(np.asarray(depth_cm, float), 0.05)
        width = np.sqrt(2) * self.wavelength_cm
        receive = width * np.maximum(self.f_number, depth / self.aperture_cm)
        sending = min(self.aperture_cm, self.focus_cm / self.f_number)
        waist = width * self.focus_cm / sending
        widening = sending * np.abs(depth - self.focus_cm) / self.focus_cm
        send = np.hypot(waist, 0.5 * widening)
        return np.asarray(1 / np.sqrt(1 / send**2 + 1 / receive**2) / FWHM)


@dataclass(frozen=True)
class PointSpread:
    """A beam's point spread on the samples of a probe, standard deviations in samples.

    `axial` is one number: the pulse, and the low-pass filter before a line is thinned out to the
    image's rows. `lateral_D` changes with depth.
    """

    axial: float
    lateral_D: Map
    sidelobes: float

    def across(self, field_DB: Echoes) -> Echoes:
        """Blur each depth across the beams, with a sum of 1."""
        beams = field_DB.shape[1]
        length = fft.next_fast_len(beams + 16)
        frequency = np.minimum(np.arange(length), length - np.arange(length)) / length
        square = (-2 * np.pi**2 * frequency**2).astype(np.float32)
        spread_D1 = self.lateral_D[:, None] ** 2
        transfer = np.exp(spread_D1 * square)
        if self.sidelobes:
            transfer *= np.float32(1 - self.sidelobes)
            transfer += np.float32(self.sidelobes) * np.exp(SIDELOBE_WIDTH**2 * spread_D1 * square)
        spectrum = fft.fft(field_DB, length, axis=1)
        spectrum *= transfer
        return np.asarray(fft.ifft(spectrum, axis=1, overwrite_x=True)[:, :beams])

    def along(self, field_DB: Echoes) -> Echoes:
        """Blur each beam along its depth, with a sum of 1."""
        pulse = self.pulse
        parts_DB2 = field_DB.view(np.float32).reshape(*field_DB.shape, 2)
        blurred = cv2.sepFilter2D(
            parts_DB2, cv2.CV_32F, np.ones(1, np.float32), pulse, borderType=cv2.BORDER_REFLECT_101
        )
        return np.asarray(blurred.view(np.complex64)[..., 0])

    @property
    def pulse(self) -> Map:
        """The pulse's samples, which sum to 1."""
        reach = max(1, int(np.ceil(3 * self.axial)))
        pulse = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * self.axial**2))
        return np.asarray(pulse / pulse.sum(), np.float32)


# Standard deviation of the filter before thinning out lines, in samples.
THINNING = 0.5


def point_spread(beam: Beam, probe: Probe, pixel_cm: float) -> PointSpread:
    """Return a beam's point spread on a probe whose screen pixels measure `pixel_cm`."""
    depth_cm = np.arange(probe.depths) * probe.axial_step * pixel_cm
    axial = np.hypot(beam.axial_cm / (probe.axial_step * pixel_cm), THINNING)
    lateral_D = beam.lateral_cm(depth_cm) / (probe.lateral_step * pixel_cm)
    return PointSpread(float(axial), lateral_D.astype(np.float32), beam.sidelobes)
