import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import directed_hausdorff

from pipeline.evaluate.bootstrap import Floats
from pipeline.evaluate.segmentation import (
    dice,
    hausdorff,
    image_scores,
    region_scores,
    segmentation_values,
)

Mask = npt.NDArray[np.uint8]
MASKS = hnp.arrays(np.uint8, (9, 12), elements=st.integers(0, 2))
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


def test_the_whole_image_and_its_foreground_have_one_hausdorff_distance() -> None:
    truth, predicted = np.zeros((2, 90, 70), bool)
    truth[40, 30] = predicted[43, 34] = True
    assert hausdorff(truth, predicted) == 5.0


def test_empty_regions_follow_one_rule_in_all_four_scores() -> None:
    square = _square(3, 3)
    perfect = {"dice": 1.0, "hausdorff": 0.0, "hd95": 0.0, "surface_dice": 1.0}
    missed = {"dice": 0.0, "hausdorff": 50.0, "hd95": 50.0, "surface_dice": 0.0}
    assert region_scores(EMPTY, EMPTY, 2.0) == region_scores(square, square, 2.0) == perfect
    assert region_scores(square, EMPTY, 2.0) == region_scores(EMPTY, square, 2.0) == missed


def _values(
    pairs: list[tuple[Mask, Mask | None]], classes: int, tolerance: float = 2.0
) -> dict[str, Floats]:
    return segmentation_values(pairs, classes, tolerance)


def test_scores_are_means_over_classes_without_the_background() -> None:
    truth, predicted = np.zeros((2, 30, 40), np.uint8)
    truth[_square(0, 0)] = 1
    truth[_square(10, 10)] = 2
    predicted[_square(0, 0)] = 1
    values = _values([(truth, predicted), (truth, truth)], 4)
    # Classes 1, 2 and 3 of the first image: exact, missed, absent from both; the second is exact.
    assert values["dice"] == pytest.approx([(1 + 0 + 1) / 3, 1])
    assert values["hausdorff"] == pytest.approx([(0 + 50 + 0) / 3, 0])
    assert values["hd95"] == pytest.approx([(0 + 50 + 0) / 3, 0])
    assert values["surface_dice"] == pytest.approx([(1 + 0 + 1) / 3, 1])


def test_an_image_without_a_prediction_has_the_worst_scores() -> None:
    truth = np.zeros((30, 40), np.uint8)
    values = _values([(truth, None), (truth, truth)], 2)
    assert {name: found.tolist() for name, found in values.items()} == {
        "dice": [0.0, 1.0],
        "hausdorff": [50.0, 0.0],
        "hd95": [50.0, 0.0],
        "surface_dice": [0.0, 1.0],
    }


@settings(deadline=None)
@given(MASKS, MASKS)
def test_scores_stay_in_their_range(truth: Mask, predicted: Mask) -> None:
    found = image_scores(truth, predicted, 3, 100.0)
    assert 0 <= found["dice"] <= 1
    assert 0 <= found["hd95"] <= np.hypot(9, 12)
    regions = [(truth == index, predicted == index) for index in (1, 2)]
    empty = [one.any() != other.any() for one, other in regions]
    assert found["surface_dice"] == 1 - np.mean(empty)  # nothing is 100 pixels apart


def test_a_mask_of_another_size_is_stretched_by_nearest_neighbour() -> None:
    small = np.zeros((6, 8), np.uint8)
    small[2:4, 2:5] = 1
    large = np.kron(small, np.ones((5, 5), np.uint8))
    assert image_scores(large, small, 2, 2.0)["dice"] == 1.0
