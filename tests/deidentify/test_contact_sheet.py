import numpy as np

from pipeline.io.dicom import decode_frames
from tests.deidentify.contact_sheet import GAP, GROUND, sheet, shown_of
from tests.deidentify.settings import PARAMS
from tests.io.test_dicom import REAL_OBJECTS, real


def test_a_frame_stands_beside_what_leaves_of_it() -> None:
    (frame,) = decode_frames(real("examples_rgb_color.dcm"))
    height, width = frame.shape[:2]
    drawn = sheet(real("examples_rgb_color.dcm"), PARAMS)
    assert drawn.shape == (height, 2 * width + GAP, 3)
    np.testing.assert_array_equal(drawn[:, :width], frame)
    after = drawn[:, width + GAP :]
    assert np.all((after == frame) | (after == 0))
    lit = frame.any(axis=2)
    assert 0.2 < np.count_nonzero(after.any(axis=2)) / np.count_nonzero(lit) < 0.99


def test_what_is_refused_has_its_reason_and_no_picture() -> None:
    (refused,) = [path for path in REAL_OBJECTS if path.stem == "RGB_IMAGE"]
    drawn = sheet(refused, PARAMS)
    right = drawn[:, drawn.shape[1] // 2 + GAP :]
    assert 0.99 < (right == GROUND).mean() < 1


def test_of_a_cine_three_frames_are_shown() -> None:
    assert [shown_of(count) for count in (1, 2, 3, 30)] == [[0], [0, 1], [0, 1, 2], [0, 15, 29]]
