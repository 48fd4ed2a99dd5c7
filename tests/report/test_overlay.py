import re

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.overlay import box_shape, landmark_shapes, mask_shapes


def _rasterise(path: str, height: int, width: int) -> np.ndarray:
    image = np.zeros((height, width), np.uint8)
    polygons = [
        np.array([[float(v) - 0.5 for v in pair.split(",")] for pair in part.split()])
        for part in re.findall(r"M([^Z]+)Z", path)
    ]
    return np.asarray(cv2.fillPoly(image, [each.astype(np.int32) for each in polygons], 1))


@given(st.integers(0, 10), st.integers(0, 10), st.integers(3, 12), st.integers(3, 12))
def test_an_outline_encloses_its_mask(top: int, left: int, high: int, wide: int) -> None:
    mask = np.zeros((24, 24), np.uint8)
    mask[top : top + high, left : left + wide] = 2
    (shape,) = mask_shapes(mask, "truth", ["background", "absent", "lesion"])
    assert shape.title == "lesion"
    np.testing.assert_array_equal(_rasterise(shape.path, 24, 24), (mask == 2).astype(np.uint8))


def test_a_hole_has_an_outline_of_its_own() -> None:
    mask = np.ones((20, 20), np.uint8)
    mask[8:12, 8:12] = 0
    (shape,) = mask_shapes(mask, "prediction", ["background", "ring"])
    assert shape.path.count("Z") == 2


def test_an_empty_mask_draws_nothing() -> None:
    assert mask_shapes(np.zeros((5, 5), np.uint8), "truth", ["background", "lesion"]) == []


def test_landmarks_that_are_not_annotated_are_left_out() -> None:
    shapes = landmark_shapes([0, 0, 5, 6], [1, 1, 7, 8], ["first", "second"], 100)
    assert {shape.title for shape in shapes} == {"second"}
    assert [shape.role for shape in shapes] == ["gap", "truth", "prediction"]


def test_a_box_goes_through_its_corners() -> None:
    assert box_shape([1, 2, 3.5, 4], "truth", "nodule").path == "M1,2 3.5,2 3.5,4 1,4Z"
