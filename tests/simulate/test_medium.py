"""Speckle against theory: Wagner et al. 1983."""

from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from scipy import ndimage, stats

from pipeline.simulate.medium import FINENESS, SPREAD, lattice_power
from pipeline.simulate.probes import Probe, ProbeKind
from pipeline.simulate.scene import Pose, Scene
from tests.simulate.phantoms import LOSSLESS, decibel, echoes, scene_of

RAYLEIGH_SNR = np.sqrt(np.pi / (4 - np.pi))
BANDS = 4


def bands_of(kind: ProbeKind, density: float) -> list[np.ndarray]:
    """Return the magnitudes in four bands of depth, of several phantoms side by side."""
    probe = Probe(kind, 192, 200)
    scene = scene_of(probe, replace(LOSSLESS, density=density))
    images = [echoes(scene, seed=seed)[20:-10, 15:-15] for seed in range(6)]
    return np.array_split(np.concatenate(images, axis=1), BANDS)


@pytest.mark.parametrize("kind", get_args(ProbeKind))
def test_many_scatterers_give_rayleigh_speckle_at_every_depth(kind: ProbeKind) -> None:
    for band in bands_of(kind, density=1000):
        assert band.mean() / band.std() == pytest.approx(RAYLEIGH_SNR, abs=0.05)
        assert decibel(band) == pytest.approx(0, abs=0.5)
        # Neighbours are correlated: take samples that are not.
        apart = band[::12, ::18].ravel()
        fitted = np.sqrt(np.mean(apart**2) / 2)
        assert stats.kstest(apart, stats.rayleigh(scale=fitted).cdf).pvalue > 0.01


def test_few_scatterers_give_speckle_of_more_contrast() -> None:
    """The excess <I^2> / <I>^2 - 2 over complex Gaussian echoes goes as 1 / number.

    Cells of a lattice of which a share p is taken: as 1 / p - 1.
    """
    cell_mm2 = (10 * 10.0 / 192 / FINENESS) ** 2
    contrast, excess = [], []
    for share in (1.0, 0.4, 0.2, 0.1):
        band = np.concatenate(bands_of("linear", share / cell_mm2))
        contrast.append(band.std() / band.mean())
        excess.append(np.mean(band**4) / np.mean(band**2) ** 2 - 2)
        assert decibel(band) == pytest.approx(0, abs=0.5)
    assert contrast == sorted(contrast)
    assert excess[0] == pytest.approx(0, abs=0.1)
    assert excess[2] / excess[1] == pytest.approx(4 / 1.5, rel=0.2)
    assert excess[3] / excess[1] == pytest.approx(9 / 1.5, rel=0.2)


def test_tissues_of_one_scene_keep_their_own_statistics() -> None:
    probe = Probe("linear", 160, 240)
    scene = scene_of(probe, replace(LOSSLESS, density=1000))
    scene.fill(scene.x_HW, replace(LOSSLESS, density=0.4))
    sparse, full = np.split(echoes(scene, seed=1), 2, axis=1)
    assert full[:, 10:].mean() / full[:, 10:].std() == pytest.approx(RAYLEIGH_SNR, abs=0.1)
    assert sparse[:, :-10].mean() / sparse[:, :-10].std() < 1.3


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_speckle_moves_with_the_body() -> None:
    probe = Probe("linear", 160, 160)

    def moved(pixels: float) -> np.ndarray:
        scene = Scene(probe, Pose(shift=(0.0, pixels / 80)), 10.0)
        scene.fill(np.full_like(scene.x_HW, -10), LOSSLESS)
        return echoes(scene)[40:-40, 10:-10]

    still = moved(0)
    assert likeness(still, moved(0)) == pytest.approx(1)
    fading = [likeness(still, moved(step)) for step in (0.25, 0.75, 3)]
    assert fading[0] > 0.8 > fading[1] > 0.3 > abs(fading[2])
    followed = moved(3)[6:]
    assert likeness(still[:-6], followed) > 0.95


@pytest.mark.parametrize("spread", [0.3, 1.0, 6.0])
@pytest.mark.parametrize("step", [0.05, 0.5, 1.7])
def test_the_power_of_filtered_lattices_is_as_measured(spread: float, step: float) -> None:
    """Noise in lattice cells, spread, taken linearly at samples, and filtered: by brute force."""
    rng = np.random.default_rng(3)
    cells = ndimage.gaussian_filter1d(rng.standard_normal((400, 3000)), SPREAD, axis=1)
    places = np.arange(20, min(3000 / FINENESS, 600 * step), step) * FINENESS
    below = places.astype(int)
    part = places - below
    taken = cells[:, below] * (1 - part) + cells[:, below + 1] * part
    lag = np.arange(-40, 41)
    weights = np.exp(-(lag**2) / (2 * spread**2))
    filtered = ndimage.convolve1d(taken, weights / weights.sum(), axis=1)
    measured = np.mean(filtered[:, 60:-60] ** 2)
    assert float(lattice_power(spread, step, 1.0)) == pytest.approx(measured, rel=0.12)
