import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tasks.fingerprint import SIDE, fingerprint, without_surroundings
from tests.challenge_layout import speckle

BORDERS = st.tuples(*[st.integers(0, 30)] * 4)


@settings(deadline=None)
@given(BORDERS, st.integers(0, 255), st.integers(0, 9))
def test_constant_surroundings_are_taken_off(
    borders: tuple[int, int, int, int], grey: int, seed: int
) -> None:
    image = speckle(seed, 40, 60)
    top, bottom, left, right = borders
    framed = np.pad(image, ((top, bottom), (left, right)), constant_values=grey)
    assert np.array_equal(without_surroundings(framed), image)


def test_two_views_of_an_image_with_surroundings_one_without() -> None:
    image = speckle(1, 40, 60)
    framed = np.pad(image, 9)
    assert fingerprint(image).shape == (1, SIDE, SIDE)
    views = fingerprint(framed)
    assert views.shape == (2, SIDE, SIDE)
    assert np.array_equal(views[1], fingerprint(image)[0])


def test_colour_counts_as_its_luminance() -> None:
    image = speckle(2, 40, 60)
    assert np.array_equal(fingerprint(np.stack([image] * 3, axis=2)), fingerprint(image))


@pytest.mark.parametrize("grey", [0, 100, 255])
def test_a_blank_image_has_no_fingerprint(grey: int) -> None:
    assert fingerprint(np.full((30, 30), grey, np.uint8)).shape == (0, SIDE, SIDE)


def test_a_spot_in_the_dark_is_not_all_that_is_compared() -> None:
    image = np.zeros((50, 50), np.uint8)
    image[20:23, 30:33] = 255
    assert without_surroundings(image).shape == (50, 50)
