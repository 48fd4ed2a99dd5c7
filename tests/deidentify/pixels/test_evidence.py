import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.pixels.evidence import Crowd, Groups

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.floats(-50, 50)), min_size=1, max_size=40)


@given(PAIRS)
def test_groups_reduce_as_numpy_does(pairs: list[tuple[int, float]]) -> None:
    numbers = sorted({number for number, _ in pairs})
    ordered = sorted((numbers.index(number), value) for number, value in pairs)
    lines = Groups(np.array([number for number, _ in ordered]))
    values = np.array([value for _, value in ordered])
    for name, reduce in (
        ("sum", np.sum),
        ("least", np.min),
        ("most", np.max),
        ("median", np.median),
        ("deviation", np.std),
    ):
        expected = [reduce(values[lines.number == line]) for line in range(len(numbers))]
        np.testing.assert_allclose(getattr(lines, name)(values), expected, atol=1e-9)


def test_density_is_the_share_of_strokes_within_the_image() -> None:
    strokes = np.random.default_rng(0).integers(0, 2, (20, 30), dtype=np.uint8)
    boxes = np.array([[3, 2, 9, 8], [25, -4, 40, 5], [5, 5, 5, 9], [4, 30, 8, 35]], float)
    found = Crowd(strokes).density(*boxes.T)
    np.testing.assert_allclose(found, [strokes[2:8, 3:9].mean(), strokes[:5, 25:].mean(), 0, 0])
