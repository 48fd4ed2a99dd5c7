import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.atlas import CAROTID, FETAL_HEAD, LUNG, Anatomy
from tests.simulate.anatomy.bodies import body_of


def _body(anatomy: Anatomy) -> Body:
    return body_of(anatomy, anatomy.findings[0], 3)


def test_a_layer_of_the_wall_follows_the_face_of_a_convex_probe() -> None:
    body = _body(FETAL_HEAD)
    # The beams start on the face, so a layer is as deep along one beam as along any other.
    probe = body.scene.probe
    depth_DB = probe.sample(body.wall_HW - np.float32(body.skin_cm))
    along_DB = np.broadcast_to(np.arange(probe.depths)[:, None], depth_DB.shape)
    inside = slice(8, -8)
    expected_DB = along_DB * probe.axial_step * body.scene.pixel_cm
    assert np.abs(depth_DB - expected_DB)[inside, inside].max() < body.scene.pixel_cm


def test_a_flat_probe_leaves_layers_flat() -> None:
    body = _body(CAROTID)
    assert body.skin_cm == 0
    assert np.array_equal(body.wall_HW, body.y_HW)
    assert np.array_equal(body.layer(1.0).distance_HW, body.above(1.0).distance_HW)


@given(st.floats(-3, 3), st.floats(1.5, 8))
def test_what_is_placed_on_a_layer_lies_on_it(x: float, depth: float) -> None:
    body = _body(LUNG)
    y = body.wall_at(x, depth)
    place = np.hypot(body.x_HW - x, body.y_HW - y)
    assert body.wall_HW.flat[place.argmin()] == pytest.approx(depth, abs=2 * body.scene.pixel_cm)
