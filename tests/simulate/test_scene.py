from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene
from pipeline.simulate.shapes import blob
from pipeline.simulate.tissues import FAT, FLUID, SOFT

SQUARE = Probe("linear", 64, 64)
SMALL = st.floats(-0.3, 0.3)


@given(SMALL, SMALL, SMALL, SMALL, SMALL, st.floats(0.8, 1.2))
def test_landmarks_lie_where_shapes_are_painted(
    x: float, y: float, across: float, down: float, turn: float, zoom: float
) -> None:
    scene = Scene(Probe("linear", 90, 120), Pose((across, down), turn, zoom))
    scene.label(blob(scene.x_HW, scene.y_HW, (x, y), (0.15, 0.15)), 1)
    scene.landmark((x, y))
    rows, columns = np.nonzero(scene.mask_HW)
    assert scene.landmarks[0] == pytest.approx((columns.mean(), rows.mean()), abs=0.6)


def test_painting_fills_inside_and_leaves_outside() -> None:
    scene = Scene(SQUARE, Pose())
    distance = blob(scene.x_HW, scene.y_HW, (0, 0), (0.5, 0.5))
    scene.paint(distance, -20)
    assert np.all(scene.echo_HW[distance < -0.05] == -20)
    assert np.all(scene.echo_HW[distance > 0.05] == 0)


def test_filling_sets_tissue_and_echo() -> None:
    scene = Scene(SQUARE, Pose())
    outer = blob(scene.x_HW, scene.y_HW, (0, 0), (0.8, 0.8))
    inner = blob(scene.x_HW, scene.y_HW, (0, 0), (0.4, 0.4))
    scene.fill(outer, FAT, echo=2)
    scene.fill(inner, FLUID)
    assert {scene.tissues[index] for index in np.unique(scene.tissue_HW)} == {SOFT, FAT, FLUID}
    assert np.all(scene.echo_HW[inner < -0.05] == FLUID.echo)
    assert np.all(scene.echo_HW[(outer < -0.05) & (inner > 0.05)] == FAT.echo + 2)


def test_attenuation_changes_whatever_lies_inside() -> None:
    scene = Scene(SQUARE, Pose())
    scene.fill(scene.x_HW, FAT)
    distance = blob(scene.x_HW, scene.y_HW, (0, 0), (0.4, 0.4))
    scene.attenuate(distance, 2.5)
    inside = {scene.tissues[index] for index in np.unique(scene.tissue_HW[distance < 0])}
    assert inside == {replace(FAT, attenuation=2.5), replace(SOFT, attenuation=2.5)}
    outside = {scene.tissues[index] for index in np.unique(scene.tissue_HW[distance > 0])}
    assert outside == {FAT, SOFT}


def test_a_body_unit_is_half_the_short_side() -> None:
    scene = Scene(Probe("linear", 80, 120), Pose(), depth_cm=8.0)
    assert scene.pixel_cm == pytest.approx(0.1)
    assert scene.unit_cm == pytest.approx(4.0)
