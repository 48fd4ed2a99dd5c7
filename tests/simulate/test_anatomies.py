import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.io.seeds import generator
from pipeline.simulate.anatomy.perineum import tangent_point
from pipeline.simulate.atlas import ANATOMIES, Anatomy
from pipeline.simulate.exam import Exam, cine_poses, free_pose
from pipeline.simulate.machines import MACHINES, acquisition_settings
from pipeline.simulate.probes import Probe
from pipeline.simulate.shapes import blob
from tests.simulate.settings import field

CASES = [(anatomy, finding) for anatomy in ANATOMIES for finding in anatomy.findings]
# Anatomy: number of classes in its mask besides the background, number of landmarks.
LABELS = {
    "breast": (1, 0), "thyroid": (1, 0), "lung": (1, 0), "cervical canal": (2, 2),
    "cervix": (1, 0), "fetal head": (1, 0), "birth progress": (2, 3), "fetal abdomen": (4, 0),
    "fetal heart": (1, 0), "fetal femur": (0, 2), "liver": (1, 0), "uterus": (1, 0),
    "ovary": (1, 0), "heart": (3, 0), "carotid artery": (1, 0), "spinal cord": (1, 0),
}  # fmt: skip


def exam_of(anatomy: Anatomy, finding: str, seed: int) -> Exam:
    probe = Probe(anatomy.probe, 96, 120)
    machine = MACHINES[seed % len(MACHINES)]
    settings = acquisition_settings(machine, anatomy, generator(seed, "settings"))
    return Exam(anatomy, finding, probe, settings, seed)


@pytest.mark.parametrize(("anatomy", "finding"), CASES)
def test_every_anatomy_gives_its_labels(anatomy: Anatomy, finding: str) -> None:
    classes, landmarks = LABELS.get(anatomy.name, (0, 0))
    if finding == "normal":
        classes = 0
    for seed in range(8):
        capture = exam_of(anatomy, finding, seed).frame(0, free_pose(generator(seed, "pose")))
        assert capture.image_HW.shape == capture.mask_HW.shape == (96, 120)
        assert set(np.unique(capture.mask_HW)) == set(range(classes + 1))
        assert len(capture.landmarks) == landmarks
        for x, y in capture.landmarks:
            assert 0 <= x < 120
            assert 0 <= y < 96


def test_a_frame_depends_on_its_seed_alone() -> None:
    anatomy, finding = CASES[0]
    pose = free_pose(generator(1, "pose"))
    first, again = (exam_of(anatomy, finding, 1).frame(0, pose) for _ in range(2))
    other = exam_of(anatomy, finding, 2).frame(0, pose)
    assert np.array_equal(first.image_HW, again.image_HW)
    assert not np.array_equal(first.image_HW, other.image_HW)


def test_noise_changes_from_frame_to_frame_but_labels_do_not() -> None:
    exam, pose = exam_of(*CASES[0], 1), free_pose(generator(1, "pose"))
    first, second = exam.frame(0, pose), exam.frame(1, pose)
    assert np.array_equal(first.mask_HW, second.mask_HW)
    assert not np.array_equal(first.image_HW, second.image_HW)


def test_the_box_encloses_the_mask() -> None:
    capture = exam_of(*CASES[0], 1).frame(0, free_pose(generator(1, "pose")))
    x_min, y_min, x_max, y_max = (int(edge) for edge in capture.box)
    assert capture.mask_HW[y_min:y_max, x_min:x_max].sum() == capture.mask_HW.sum()
    for side in (np.s_[y_min], np.s_[y_max - 1], np.s_[:, x_min], np.s_[:, x_max - 1]):
        assert capture.mask_HW[side].any()


def test_the_end_of_a_cine_can_be_frozen() -> None:
    poses = cine_poses(generator(1, "cine"), frames=6, frozen=2)
    assert poses[3] == poses[4] == poses[5]
    assert len(set(poses[:4])) == 4


@given(
    st.floats(-0.9, 0.9), st.floats(0.3, 0.6), st.floats(0.2, 0.3), st.floats(-1.5, 1.5),
    st.floats(0.05, 0.5),
)  # fmt: skip
def test_the_tangent_touches_the_ellipse_and_never_enters_it(
    direction: float, long: float, short: float, angle: float, gap: float
) -> None:
    away = long + gap
    outside = (-away * float(np.cos(direction)), -away * float(np.sin(direction)))
    touch = tangent_point(outside, (0.0, 0.0), (long, short), angle)
    steps = np.linspace(-2, 3, 400)
    line_x = outside[0] + steps * (touch[0] - outside[0])
    line_y = outside[1] + steps * (touch[1] - outside[1])
    ellipse = ((0.0, 0.0), (long, short), angle)
    assert blob(field(line_x), field(line_y), *ellipse).min() > -1e-3
    assert abs(float(blob(field(touch[0]), field(touch[1]), *ellipse)[0, 0])) < 1e-3
