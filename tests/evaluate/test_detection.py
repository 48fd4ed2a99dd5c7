import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.detection import detection_scores, iou

BOX = st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9), st.integers(1, 9)).map(
    lambda box: (box[0], box[1], box[0] + box[2], box[1] + box[3])
)
Box = tuple[int, int, int, int]


def _painted(box: Box) -> set[tuple[int, int]]:
    x0, y0, x1, y1 = box
    return {(x, y) for x in range(x0, x1) for y in range(y0, y1)}


@given(BOX, BOX)
def test_iou_of_whole_pixels_is_the_share_of_painted_pixels(first: Box, second: Box) -> None:
    a, b = _painted(first), _painted(second)
    found = iou(np.array([first], float), np.array([second], float))
    assert found[0] == pytest.approx(len(a & b) / len(a | b))


def test_boxes_without_area_score_zero() -> None:
    point = np.array([[3.0, 3.0, 3.0, 3.0]])
    assert iou(point, point)[0] == 0.0


def test_the_score_is_the_mean_over_images() -> None:
    true_N4 = np.array([[0, 0, 2, 2], [0, 0, 2, 2]], float)
    predicted_N4 = np.array([[0, 0, 2, 2], [5, 5, 6, 6]], float)
    weights_DN = np.array([[1.0, 1.0], [2.0, 0.0]])
    assert detection_scores(true_N4, predicted_N4, weights_DN)["iou"].tolist() == [0.5, 1.0]
