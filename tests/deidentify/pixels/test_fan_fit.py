import numpy as np
import pytest

from pipeline.deidentify.pixels.fan_fit import fit_fan
from pipeline.deidentify.pixels.sector import find_sector
from pipeline.io.regions import Box
from tests.deidentify.screens import THRESHOLD, Mask, drawn_sector

KINDS = ("linear", "convex", "phased")


def agreement(found: Mask, true: Mask) -> float:
    return float((found & true).sum() / (found | true).sum())


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_kept_is_the_sector(kind: str, seed: int) -> None:
    screen, true = drawn_sector(kind, seed)
    rows, columns = np.nonzero(true)
    stated = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    for boxes in ((), (stated,)):
        sector = find_sector(screen, boxes, THRESHOLD)
        assert sector is not None
        assert agreement(sector.mask, true) >= 0.97
        assert (sector.mask & true).sum() >= 0.99 * true.sum()
        assert not (screen.any(axis=2) & ~true & sector.mask).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_dark_corner_stays(kind: str) -> None:
    screen, true = drawn_sector(kind, 4)
    rows, columns = np.nonzero(true)
    dark = (np.hypot(*(np.indices(true.shape) - [[[rows.max()]], [[columns.max()]]])) < 60) & true
    screen[dark] = 0
    sector = find_sector(screen, (), THRESHOLD)
    assert sector is not None
    assert agreement(sector.mask, true) >= 0.93


def test_a_fan_contains_all_that_is_lit() -> None:
    lit = np.zeros((80, 100), np.uint8)
    lit[20:60, 30:70] = 1
    lit[50:70, 15:85] = 1
    nothing = np.zeros(lit.shape, bool)
    fan = fit_fan(lit, lit > 0, nothing).mask
    assert fan[lit > 0].mean() > 0.99
    assert fan.sum() < 80 * 100
