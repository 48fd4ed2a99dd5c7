from dataclasses import replace

import numpy as np
import pytest

from pipeline.simulate.beams import Beam, point_spread
from pipeline.simulate.probes import Probe
from tests.simulate.phantoms import BEAM


def width(profile: np.ndarray, step: float) -> float:
    """Return the full width at half maximum, between samples."""
    peak = int(profile.argmax())
    half = profile[peak] / 2
    left = np.interp(half, profile[: peak + 1], np.arange(peak + 1))
    right = peak + np.interp(-half, -profile[peak:], np.arange(profile.size - peak))
    return float(right - left) * step


def point_images(beam: Beam, depths_cm: list[float]) -> tuple[list[float], list[float]]:
    """Return lateral and axial width in cm of the images of points at some depths."""
    probe, pixel_cm = Probe("linear", 400, 240), 0.025
    spread = point_spread(beam, probe, pixel_cm)
    lateral, axial = [], []
    for depth in depths_cm:
        field = np.zeros((probe.depths, probe.width), np.complex64)
        row = round(depth / pixel_cm / probe.axial_step)
        field[row, 120] = 1
        image = np.abs(spread.along(spread.across(field)))
        lateral.append(width(image[row], pixel_cm))
        axial.append(width(image[:, 120], pixel_cm * probe.axial_step))
    return lateral, axial


@pytest.mark.parametrize(("frequency", "f_number"), [(3.5, 2.0), (3.5, 4.0), (5.0, 3.0)])
def test_a_point_in_focus_is_wavelength_times_f_number_wide(
    frequency: float, f_number: float
) -> None:
    beam = replace(BEAM, frequency_mhz=frequency, f_number=f_number, aperture_cm=9.0)
    (at_focus,), _ = point_images(beam, [beam.focus_cm])
    assert at_focus == pytest.approx(0.154 / frequency * f_number, rel=0.05)


def test_points_widen_away_from_the_focus() -> None:
    lateral, _ = point_images(BEAM, [1.5, 3.0, 5.0, 7.0, 9.5])
    assert lateral[0] > lateral[1] > lateral[2] < lateral[3] < lateral[4]
    assert lateral[4] > 1.5 * lateral[2]


def test_points_are_short_for_high_frequency_and_bandwidth() -> None:
    """A Gaussian pulse of -6 dB bandwidth B is 0.44 x 2 / B periods long, half of it in depth.

    The product of the widths of a Gaussian pulse and its amplitude spectrum is 4 ln 2 / pi.
    """
    product = 4 * np.log(2) / np.pi
    for frequency, bandwidth in ((2.0, 0.3), (2.0, 0.5), (3.0, 0.3)):
        beam = replace(BEAM, frequency_mhz=frequency, bandwidth=bandwidth)
        _, (axial,) = point_images(beam, [5.0])
        assert axial == pytest.approx(product / (bandwidth * frequency) * 0.154 / 2, rel=0.05)


def test_sidelobes_spread_a_little_far() -> None:
    probe, pixel_cm = Probe("linear", 400, 240), 0.025
    clean, lobed = (
        point_spread(replace(BEAM, sidelobes=share), probe, pixel_cm) for share in (0.0, 0.1)
    )
    field = np.zeros((probe.depths, probe.width), np.complex64)
    field[400, 120] = 1
    plain, wide = (np.abs(each.across(field))[400] for each in (clean, lobed))
    side = int(120 + 5 * clean.lateral_D[400])
    assert plain[side] < 1e-4 * plain.max()
    assert 0.001 < wide[side] / wide.max() < 0.03
    assert wide.sum() == pytest.approx(1, rel=0.01)
