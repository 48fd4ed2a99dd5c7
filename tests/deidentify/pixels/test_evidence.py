import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.pixels.evidence import Crowd, Groups
from pipeline.deidentify.pixels.stroke_maps import StrokeMaps

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


def test_density_is_the_share_of_strokes_within_what_was_searched() -> None:
    shown = np.random.default_rng(0).integers(0, 2, (2, 21, 30), dtype=np.uint8)
    first, second = shown[0, :20], shown[1, 4:18, 6:25]
    areas = np.array([[0, 0, 30, 20], [6, 4, 25, 18]])
    crowd = Crowd(StrokeMaps(shown, shown, areas, [], [], []))
    boxes = np.array([[3, 2, 9, 8], [25, -4, 40, 5], [5, 5, 5, 9], [4, 30, 8, 35]], float)
    found = crowd.density(np.zeros(4, int), *boxes.T)
    np.testing.assert_allclose(found, [first[2:8, 3:9].mean(), first[:5, 25:].mean(), 0, 0])
    found = crowd.density(np.ones(4, int), *boxes.T)
    np.testing.assert_allclose(found, [second[:4, :3].mean(), 0, 0, 0])


def test_many_rectangles_of_a_line_are_measured_at_once() -> None:
    shown = np.random.default_rng(0).integers(0, 2, (2, 21, 30), dtype=np.uint8)
    areas = np.array([[0, 0, 30, 20]] * 2)
    crowd = Crowd(StrokeMaps(shown, shown, areas, [], [], []))
    x0, y0 = np.array([[3.0, 5.0], [9.0, 0.0]]), np.array([[2.0, 3.0], [4.0, 11.0]])
    found = crowd.density(np.array([0, 1]), x0, y0, x0 + 4, y0 + 5)
    expected = [
        [
            shown[line, int(y) : int(y) + 5, int(x) : int(x) + 4].mean()
            for line, (x, y) in enumerate(row)
        ]
        for row in np.stack([x0, y0], axis=-1)
    ]
    np.testing.assert_allclose(found, expected)
