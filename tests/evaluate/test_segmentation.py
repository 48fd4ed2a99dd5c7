import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import directed_hausdorff

from pipeline.evaluate.segmentation import dice, hausdorff, segmentation_scores

Mask = npt.NDArray[np.uint8]
MASKS = hnp.arrays(np.uint8, (9, 12), elements=st.integers(0, 2))
WEIGHTS_1N = np.ones((1, 1))
EMPTY = np.zeros((30, 40), bool)


def _square(y: int, x: int, side: int = 5) -> npt.NDArray[np.bool_]:
    region = EMPTY.copy()
    region[y : y + side, x : x + side] = True
    return region


@settings(deadline=None)
@given(MASKS, MASKS)
def test_dice_is_its_definition(truth: Mask, predicted: Mask) -> None:
    a = {tuple(place) for place in np.argwhere(truth == 1)}
    b = {tuple(place) for place in np.argwhere(predicted == 1)}
    expected = 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0
    assert dice(truth == 1, predicted == 1) == pytest.approx(expected)


@settings(deadline=None)
@given(MASKS, MASKS)
def test_hausdorff_equals_scipys(truth: Mask, predicted: Mask) -> None:
    a, b = np.argwhere(truth == 1), np.argwhere(predicted == 1)
    if len(a) and len(b):
        expected = max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0])
        assert hausdorff(truth == 1, predicted == 1) == pytest.approx(expected, abs=1e-4)


def test_both_empty_is_perfect() -> None:
    assert dice(EMPTY, EMPTY) == 1.0
    assert hausdorff(EMPTY, EMPTY) == 0.0


def test_one_empty_costs_the_diagonal() -> None:
    assert dice(EMPTY, _square(3, 3)) == 0.0
    assert hausdorff(EMPTY, _square(3, 3)) == hausdorff(_square(3, 3), EMPTY) == 50.0


def test_a_shift_is_measured_in_pixels() -> None:
    assert hausdorff(_square(3, 3), _square(6, 7)) == pytest.approx(5.0)


def test_scores_are_means_over_images_and_classes_without_the_background() -> None:
    truth, predicted = np.zeros((2, 30, 40), np.uint8)
    truth[_square(0, 0)] = 1
    truth[_square(10, 10)] = 2
    predicted[_square(0, 0)] = 1
    scores = segmentation_scores([(truth, predicted), (truth, truth)], 4, np.ones((1, 2)))
    # Classes 1, 2 and 3 of the first image: exact, missed, absent from both; the second is exact.
    assert scores["dice"][0] == pytest.approx(((1 + 0 + 1) / 3 + 1) / 2)
    assert scores["hausdorff"][0] == pytest.approx((0 + 50 + 0) / 3 / 2)


def test_a_mask_of_another_size_is_stretched_by_nearest_neighbour() -> None:
    small = np.zeros((6, 8), np.uint8)
    small[2:4, 2:5] = 1
    large = np.kron(small, np.ones((5, 5), np.uint8))
    assert segmentation_scores([(large, small)], 2, WEIGHTS_1N)["dice"][0] == 1.0
