import numpy as np
import pytest
from scipy import stats

from pipeline.io.seeds import generator
from pipeline.simulate.gaussian import complex_noise


def test_noise_is_circular_gaussian_of_unit_power() -> None:
    noise = complex_noise(generator(1, "noise"), (300, 200))
    assert np.mean(np.abs(noise) ** 2) == pytest.approx(1, abs=0.02)
    assert abs(np.mean(noise)) < 0.01
    assert abs(np.mean(noise**2)) < 0.02
    for part in (noise.real, noise.imag):
        assert stats.kstest(part.ravel(), stats.norm(scale=np.sqrt(0.5)).cdf).pvalue > 0.01


def test_noise_is_white_and_depends_on_its_stream_alone() -> None:
    noise = complex_noise(generator(1, "noise"), (200, 200))
    assert abs(np.mean(noise[1:] * noise[:-1].conj())) < 0.02
    assert abs(np.mean(noise[:, 1:] * noise[:, :-1].conj())) < 0.02
    assert np.array_equal(noise, complex_noise(generator(1, "noise"), (200, 200)))
    assert not np.array_equal(noise, complex_noise(generator(2, "noise"), (200, 200)))
