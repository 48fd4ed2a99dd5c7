"""Every anatomy gives its labels, and the labels agree with each other."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.simulate.atlas import (
    CERVICAL_CANAL,
    FETAL_FEMUR,
    FETAL_THORAX,
    HEART,
    PERINEUM,
    Anatomy,
)
from pipeline.simulate.scene import Pose, Scene
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BONE
from tests.simulate.anatomy.bodies import CASES, HEIGHT, WIDTH, painted

# Anatomy: number of classes in its mask besides the background, number of landmarks.
LABELS = {
    "breast": (1, 0), "thyroid": (1, 0), "lung": (1, 0), "cervical canal": (2, 2),
    "cervix": (1, 0), "fetal head": (1, 0), "birth progress": (2, 3), "fetal abdomen": (4, 0),
    "fetal heart": (1, 0), "fetal femur": (0, 2), "liver": (1, 0), "uterus": (1, 0),
    "ovary": (1, 0), "heart": (3, 0), "carotid artery": (1, 0), "spinal cord": (1, 0),
}  # fmt: skip


def pixels_to(mask_HW: npt.NDArray[np.bool_], point: Point) -> float:
    """Return how far a point lies from the nearest pixel of a region."""
    rows, columns = np.nonzero(mask_HW)
    return float(np.hypot(columns - point[0], rows - point[1]).min())


def edge_of(mask_HW: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    inner = cv2.erode(mask_HW.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.asarray(mask_HW & (inner == 0))


@pytest.mark.parametrize(("anatomy", "finding"), CASES)
def test_every_anatomy_gives_its_labels(anatomy: Anatomy, finding: str) -> None:
    classes, landmarks = LABELS.get(anatomy.name, (0, 0))
    if finding == "normal":
        classes = 0
    for seed in range(15):
        scene = painted(anatomy, finding, seed)
        assert set(np.unique(scene.mask_HW)) - {0} == set(range(1, classes + 1)), seed
        assert len(scene.landmarks) == landmarks
        for x, y in scene.landmarks:
            assert 0 <= x < WIDTH, seed
            assert 0 <= y < HEIGHT, seed


@pytest.mark.parametrize(("anatomy", "finding"), CASES)
def test_difficulty_moves_no_label(anatomy: Anatomy, finding: str) -> None:
    for seed in range(4):
        easy, hard = (painted(anatomy, finding, seed, level) for level in (0.0, 1.0))
        assert np.array_equal(easy.mask_HW, hard.mask_HW)
        assert easy.landmarks == hard.landmarks
        assert not np.array_equal(easy.echo_HW, hard.echo_HW)


def test_both_ends_of_the_canal_lie_between_the_lips() -> None:
    for seed in range(20):
        scene = painted(CERVICAL_CANAL, "cervix", seed)
        for end in scene.landmarks:
            for lip in (1, 2):
                assert pixels_to(scene.mask_HW == lip, end) < 5
        assert pixels_to(scene.mask_HW == 1, scene.landmarks[0]) > 0
        inner, outer = scene.landmarks
        assert inner[0] < outer[0]


def test_the_symphysis_ends_lie_on_its_outline() -> None:
    for seed in range(20):
        scene = painted(PERINEUM, "labour", seed)
        outline = edge_of(scene.mask_HW == 1)
        for end in scene.landmarks[:2]:
            assert pixels_to(outline, end) < 2


def test_the_tangent_touches_the_head_and_never_enters_it() -> None:
    for seed in range(30):
        scene = painted(PERINEUM, "labour", seed)
        _, lower, touch = (np.array(point) for point in scene.landmarks)
        assert pixels_to(edge_of(scene.mask_HW == 2), (touch[0], touch[1])) < 2
        way = (touch - lower) / np.hypot(*(touch - lower))
        # A pixel to the outer side, the line stays free of the head from end to end.
        outer = np.array([-way[1], way[0]]) * -1.5
        for step in np.linspace(0, 1.5, 60):
            x, y = lower + step * (touch - lower) + outer
            if 0 <= x < WIDTH - 1 and 0 <= y < HEIGHT - 1:
                assert scene.mask_HW[round(y), round(x)] != 2, (seed, step)


def progress_of(scene: Scene) -> float:
    upper, lower, touch = (np.array(point) for point in scene.landmarks)
    one, two = upper - lower, touch - lower
    cosine = one @ two / np.hypot(*one) / np.hypot(*two)
    return float(np.degrees(np.arccos(cosine)))


def test_the_angle_of_progression_varies_as_in_labour() -> None:
    angles = [progress_of(painted(PERINEUM, "labour", seed)) for seed in range(60)]
    assert 110 < np.mean(angles) < 130
    assert 75 < min(angles) < 100
    assert 140 < max(angles) < 165


def test_head_and_symphysis_stay_apart() -> None:
    for seed in range(30):
        mask_HW = painted(PERINEUM, "labour", seed).mask_HW
        grown = cv2.dilate((mask_HW == 1).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        assert not np.any(grown & (mask_HW == 2)), seed


def test_the_femur_lies_between_its_landmarks() -> None:
    for seed in range(20):
        scene = painted(FETAL_FEMUR, "femur", seed)
        bone_HW = scene.tissue_HW == scene.tissues.index(BONE)
        left, right = scene.landmarks
        assert left[0] < right[0]
        along = np.linspace(left, right, 30)
        near = [pixels_to(bone_HW, (float(x), float(y))) for x, y in along]
        assert max(near) < 0.1 * np.hypot(right[0] - left[0], right[1] - left[1])
        beyond = np.array(right) + 0.15 * (np.array(right) - np.array(left))
        assert pixels_to(bone_HW, (float(beyond[0]), float(beyond[1]))) > 1.5


def test_the_hearts_beat() -> None:
    for anatomy in (FETAL_THORAX, HEART):
        areas = []
        for phase in (0.0, 0.5):
            scene = painted(anatomy, "heart", 1, pose=Pose(phase=phase))
            areas.append(int((scene.mask_HW == 1).sum()))
        assert areas[0] > 1.05 * areas[1]
