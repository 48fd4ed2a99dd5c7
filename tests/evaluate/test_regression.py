import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.regression import annotated_error, radial_error
from pipeline.io.seeds import generator


@given(st.integers(0, 1000), st.integers(1, 6), st.integers(1, 4))
def test_radial_error_is_the_mean_distance(seed: int, images: int, landmarks: int) -> None:
    true_NK2, predicted_NK2 = generator(seed).uniform(0, 99, (2, images, landmarks, 2))
    for found, true_K2, guess_K2 in zip(
        radial_error(true_NK2, predicted_NK2), true_NK2, predicted_NK2, strict=True
    ):
        pairs = zip(true_K2, guess_K2, strict=True)
        distances = [np.hypot(x - u, y - v) for (x, y), (u, v) in pairs]
        assert found == pytest.approx(np.mean(distances))


def test_a_landmark_that_was_not_annotated_counts_from_the_origin_or_not_at_all() -> None:
    true_NK2 = np.array([[[0.0, 0.0], [10.0, 10.0]], [[0.0, 0.0], [0.0, 0.0]]])
    predicted_NK2 = np.array([[[3.0, 4.0], [10.0, 13.0]], [[3.0, 4.0], [6.0, 8.0]]])
    assert radial_error(true_NK2, predicted_NK2).tolist() == [4.0, 7.5]
    found_N = annotated_error(true_NK2, predicted_NK2)
    assert found_N[0] == 3.0
    assert np.isnan(found_N[1])
