import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.shapes import blob, capsule, on_ellipse
from tests.simulate.settings import field

COORDINATE = st.floats(-1, 1)
ANGLE = st.floats(-3.1, 3.1)
RADIUS = st.floats(0.1, 0.9)


@given(COORDINATE, COORDINATE, RADIUS, RADIUS, ANGLE, ANGLE)
def test_points_of_an_ellipse_have_distance_zero(
    x: float, y: float, wide: float, tall: float, angle: float, around: float
) -> None:
    px, py = on_ellipse((x, y), (wide, tall), angle, around)
    distance = blob(field(px), field(py), (x, y), (wide, tall), angle)
    assert abs(float(distance[0, 0])) < 1e-4


@given(COORDINATE, COORDINATE, RADIUS)
def test_distance_to_a_circle_is_euclidean(x: float, y: float, radius: float) -> None:
    distance = blob(field(x), field(y), (0.2, -0.1), (radius, radius))
    assert abs(float(distance[0, 0]) - (np.hypot(x - 0.2, y + 0.1) - radius)) < 1e-4


def test_capsule_is_negative_along_its_axis_and_zero_at_its_tip() -> None:
    x_HW, y_HW = field([-0.5, 0.0, 0.6]), field([0.0, 0.0, 0.0])
    distance = capsule(x_HW, y_HW, (-0.5, 0.0), (0.5, 0.0), 0.1)
    assert np.allclose(distance, [[-0.1, -0.1, 0.0]], atol=1e-6)
