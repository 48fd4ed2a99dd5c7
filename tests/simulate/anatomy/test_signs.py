"""Signs tell classes apart as often as is stated, and none is perfect."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulate.anatomy import breast, lung
from pipeline.simulate.anatomy.body import DARK
from pipeline.simulate.atlas import BREAST, LIVER, LUNG, ORGAN, Anatomy
from pipeline.simulate.scene import Scene
from tests.simulate.anatomy.bodies import body_of, painted

SEEDS = range(50)


def height_to_width(scene: Scene) -> float:
    rows, columns = np.nonzero(scene.mask_HW)
    return float((np.ptp(rows) + 1) / (np.ptp(columns) + 1))


def dents(scene: Scene) -> float:
    """Return the share of the convex hull that the lesion leaves free."""
    contours, _ = cv2.findContours(scene.mask_HW, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    contour = max(contours, key=cv2.contourArea)
    return 1 - cv2.contourArea(contour) / max(1.0, cv2.contourArea(cv2.convexHull(contour)))


def area(scene: Scene) -> float:
    return float((scene.mask_HW > 0).sum())


def fluid(scene: Scene) -> float:
    return float((scene.echo_HW < DARK / 2).sum())


@pytest.mark.parametrize(
    ("anatomy", "less", "more", "measure"),
    [
        (BREAST, "benign", "malignant", height_to_width),
        (BREAST, "benign", "malignant", dents),
        (LIVER, "haemangioma", "hepatocellular_carcinoma", area),
        (ORGAN, "kidney", "gallbladder", fluid),
        (ORGAN, "bowel", "gallbladder", fluid),
    ],
)
def test_shapes_differ_between_classes_but_overlap(
    anatomy: Anatomy, less: str, more: str, measure: Callable[[Scene], float]
) -> None:
    low = np.array([measure(painted(anatomy, less, seed)) for seed in SEEDS])
    high = np.array([measure(painted(anatomy, more, seed)) for seed in SEEDS])
    # The chance that a case of one class exceeds a case of the other (Mann-Whitney).
    exceeds = np.mean(high[:, None] > low[None, :])
    assert 0.6 < exceeds < 0.97
    assert high.min() < np.quantile(low, 0.95)


def test_a_sign_is_as_frequent_as_stated_at_the_middle_level() -> None:
    body = body_of(BREAST, "malignant", 1)
    seen = np.mean([body.sign(breast.SHADOW_BEHIND) for _ in range(4000)])
    assert seen == pytest.approx(breast.SHADOW_BEHIND["malignant"], abs=0.03)


@given(st.floats(0.02, 0.98), st.floats(0.02, 0.98))
def test_difficulty_moves_the_shares_of_a_sign_together(one: float, two: float) -> None:
    shares = {"benign": one, "malignant": two}
    gaps = []
    for level in (0.0, 0.5, 1.0):
        chances = []
        for finding in shares:
            body = body_of(BREAST, finding, 1, level)
            chances.append(body.chance(shares))
        gaps.append(abs(chances[0] - chances[1]))
    assert gaps[0] >= gaps[1] - 1e-9
    assert gaps[1] >= gaps[2] - 1e-9


def test_lungs_show_a_lines_and_b_lines_as_their_state_has_them() -> None:
    count, mirrored = {}, {}
    for finding in LUNG.findings:
        scenes = [painted(LUNG, finding, seed) for seed in range(40)]
        count[finding] = np.mean([len(scene.comet_tails) for scene in scenes])
        mirrored[finding] = np.mean([len(scene.mirrors) for scene in scenes])
    assert count["healthy"] < count["other"] < count["covid"]
    assert count["covid"] == pytest.approx(lung.B_LINES["covid"], rel=0.35)
    assert mirrored["covid"] < 0.6 < mirrored["healthy"]
    assert mirrored["covid"] > 0
