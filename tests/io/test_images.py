import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from pipeline.io.images import decode_png, encode_png, resize_labels, to_grey

SHAPES = st.one_of(
    st.tuples(st.integers(1, 20), st.integers(1, 20)),
    st.tuples(st.integers(1, 20), st.integers(1, 20), st.just(3)),
)


@given(st_numpy.arrays(np.uint8, SHAPES))
def test_png_keeps_every_pixel_and_channel(image: np.ndarray) -> None:
    np.testing.assert_array_equal(decode_png(encode_png(image)), image)


def test_grey_is_the_luminance_of_rgb() -> None:
    image_HWC = np.random.default_rng(0).integers(0, 256, (9, 7, 3)).astype(np.uint8)
    expected = image_HWC @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(to_grey(image_HWC), expected, atol=1)


@given(st_numpy.arrays(np.uint8, (11, 13), elements=st.sampled_from([0, 1, 4])))
def test_resizing_labels_makes_no_new_class(mask: np.ndarray) -> None:
    assert set(np.unique(resize_labels(mask, 5, 29))) <= set(np.unique(mask))


def test_bytes_that_are_no_image_are_refused() -> None:
    with pytest.raises(ValueError, match="not an image"):
        decode_png(b"text")
