import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.detection import iou

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


def test_reversed_boxes_score_zero() -> None:
    box = np.array([[2.0, 3.0, 8.0, 9.0]])
    for order in ([2, 1, 0, 3], [0, 3, 2, 1], [2, 3, 0, 1]):
        assert iou(box, box[:, order])[0] == iou(box[:, order], box)[0] == 0.0


def test_a_coordinate_that_is_no_number_gives_none() -> None:
    box = np.array([[2.0, 3.0, 8.0, 9.0]])
    assert np.isnan(iou(box, np.array([[2.0, np.nan, 8.0, 9.0]]))[0])
