import numpy as np

from pipeline.io.seeds import generator
from pipeline.simulate.atlas import BREAST
from pipeline.simulate.exam import cine_poses, free_pose
from tests.simulate.test_difficulty import exam_at

POSE = free_pose(generator(1, "pose"))


def test_a_frame_depends_on_its_seed_alone() -> None:
    first, again, other = (
        exam_at(BREAST, "benign", seed, 0.5).frame(0, POSE) for seed in (1, 1, 2)
    )
    assert np.array_equal(first.image_HW, again.image_HW)
    assert not np.array_equal(first.image_HW, other.image_HW)


def test_noise_changes_from_frame_to_frame_but_labels_do_not() -> None:
    exam, pose = exam_at(BREAST, "benign", 1, 0.5), POSE
    first, second = exam.frame(0, pose), exam.frame(1, pose)
    assert np.array_equal(first.mask_HW, second.mask_HW)
    assert not np.array_equal(first.image_HW, second.image_HW)


def test_the_box_encloses_the_mask() -> None:
    capture = exam_at(BREAST, "benign", 1, 0.5).frame(0, POSE)
    x_min, y_min, x_max, y_max = (int(edge) for edge in capture.box)
    assert capture.mask_HW[y_min:y_max, x_min:x_max].sum() == capture.mask_HW.sum()
    for side in (np.s_[y_min], np.s_[y_max - 1], np.s_[:, x_min], np.s_[:, x_max - 1]):
        assert capture.mask_HW[side].any()


def test_the_end_of_a_cine_can_be_frozen() -> None:
    poses = cine_poses(generator(1, "cine"), frames=6, frozen=2)
    assert poses[3] == poses[4] == poses[5]
    assert len(set(poses[:4])) == 4
