import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.deidentify.pixels.sector import find_sector
from pipeline.io.regions import Box
from tests.deidentify.pixels.test_fan_fit import KINDS, agreement
from tests.deidentify.screens import THRESHOLD, Frame, Mask, drawn_sector, write


def half_black(kind: str, seed: int, dark_left: bool, share: float = 0.5) -> tuple[Frame, Mask]:
    """Return a screen whose sector is dark on one side, and the whole sector."""
    screen, true = drawn_sector(kind, seed)
    columns = np.flatnonzero(true.any(axis=0))
    reached = round(share * len(columns))
    dark = columns[:reached] if dark_left else columns[-reached:]
    screen[:, dark] *= ~true[:, dark, None]
    return screen, true


def bounds(true: Mask) -> Box:
    rows, columns = np.flatnonzero(true.any(axis=1)), np.flatnonzero(true.any(axis=0))
    return Box(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def found(screen: Frame, boxes: tuple[Box, ...]) -> Mask:
    sector = find_sector(screen, boxes, THRESHOLD)
    assert sector is not None
    return sector.mask


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(KINDS),
    st.integers(0, 10_000),
    st.booleans(),
    st.floats(0.3, 0.55),
    st.booleans(),
)
def test_a_stated_region_tells_of_the_dark_side(
    kind: str, seed: int, dark_left: bool, share: float, noisy: bool
) -> None:
    screen, true = half_black(kind, seed, dark_left, share)
    lit = screen.any(axis=2)
    if noisy:
        # Fainter than any echo, yet not black.
        screen[true & ~lit] = np.random.default_rng(seed).integers(0, 3, ((true & ~lit).sum(), 1))
    mask = found(screen, (bounds(true),))
    assert agreement(mask, true) >= 0.88
    assert not (mask & lit & ~true).any()


@settings(max_examples=6, deadline=None)
@given(st.sampled_from(("convex", "phased")), st.integers(0, 10_000), st.booleans())
def test_arcs_tell_of_the_dark_half_where_no_region_is_stated(
    kind: str, seed: int, dark_left: bool
) -> None:
    screen, true = half_black(kind, seed, dark_left)
    mask = found(screen, ())
    assert agreement(mask, true) >= 0.88
    assert not (mask & screen.any(axis=2) & ~true).any()


@pytest.mark.parametrize("stated", [True, False])
def test_half_of_a_rectangle_is_a_rectangle_unless_a_region_says_otherwise(stated: bool) -> None:
    screen, true = half_black("linear", 3, dark_left=True)
    mask = found(screen, (bounds(true),) if stated else ())
    assert agreement(mask, true if stated else true & screen.any(axis=2)) >= 0.95


@pytest.mark.parametrize("kind", KINDS)
def test_no_dark_half_is_gained_that_shows_something(kind: str) -> None:
    screen, true = half_black(kind, 5, dark_left=True)
    columns, rows = np.flatnonzero(true.any(axis=0)), np.flatnonzero(true.any(axis=1))
    corner = int(columns[0]) + len(columns) // 8, int(rows[0]) + len(rows) // 2
    shown, _ = write(screen, "Ng 1962", corner, 10, 200)
    text = shown.any(axis=2) & ~screen.any(axis=2)
    assert (text & true).any()
    for boxes in ((bounds(true),), ()):
        assert not (found(shown, boxes) & text).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_short_mark_in_the_dark_half_goes_with_its_surroundings(kind: str) -> None:
    screen, true = half_black(kind, 6, dark_left=False)
    columns, rows = np.flatnonzero(true.any(axis=0)), np.flatnonzero(true.any(axis=1))
    row, column = int(rows[0]) + len(rows) // 2, int(columns[-1]) - len(columns) // 4
    screen[row : row + 3, column : column + 3] = 200
    mask = found(screen, (bounds(true),))
    assert agreement(mask, true) >= 0.88
    assert not mask[row - 5 : row + 8, column - 5 : column + 8].any()
