import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.scene import Pose, Scene
from pipeline.simulate.shapes import blob

SMALL = st.floats(-0.3, 0.3)


@given(SMALL, SMALL, SMALL, SMALL, SMALL, st.floats(0.8, 1.2))
def test_landmarks_lie_where_shapes_are_painted(
    x: float, y: float, across: float, down: float, turn: float, zoom: float
) -> None:
    scene = Scene(90, 120, Pose((across, down), turn, zoom))
    scene.label(blob(scene.x_HW, scene.y_HW, (x, y), (0.15, 0.15)), 1)
    scene.landmark((x, y))
    rows, columns = np.nonzero(scene.mask_HW)
    assert scene.landmarks[0] == pytest.approx((columns.mean(), rows.mean()), abs=0.6)


def test_painting_fills_inside_and_leaves_outside() -> None:
    scene = Scene(64, 64, Pose())
    distance = blob(scene.x_HW, scene.y_HW, (0, 0), (0.5, 0.5))
    scene.paint(distance, -20)
    assert np.all(scene.echo_HW[distance < -0.05] == -20)
    assert np.all(scene.echo_HW[distance > 0.05] == 0)
