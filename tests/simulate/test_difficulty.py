"""Difficulty is measurable: what is asked for stands out less from level to level."""

import itertools

import numpy as np
import pytest
from scipy import ndimage

from pipeline.io.seeds import generator
from pipeline.simulate.atlas import BREAST, SPINAL_CORD, THYROID, UTERUS, Anatomy
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.exam import Exam, harder
from pipeline.simulate.machines import MACHINES, acquisition_settings
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


def exam_at(anatomy: Anatomy, finding: str, seed: int, level: float) -> Exam:
    difficulty = Difficulty(level)
    machine = MACHINES[seed % len(MACHINES)]
    settings = acquisition_settings(machine, anatomy, generator(seed, "settings"))
    probe = Probe(anatomy.probe, 128, 160)
    settings = harder(settings, machine, difficulty)
    return Exam(anatomy, finding, probe, settings, seed, difficulty)


def contrast_to_noise(anatomy: Anatomy, finding: str, seed: int, level: float) -> float:
    """Return how far the grey of a lesion lies from that beside it, in deviations of both."""
    capture = exam_at(anatomy, finding, seed, level).frame(0, Pose())
    lesion_HW = capture.mask_HW == 1
    beside_HW = ndimage.binary_dilation(lesion_HW, np.array([[1, 1, 1]]), 14) & ~lesion_HW
    inside = capture.image_HW[ndimage.binary_erosion(lesion_HW, iterations=2)].astype(float)
    outside = capture.image_HW[beside_HW & (capture.image_HW > 0)].astype(float)
    noise = float(np.sqrt(inside.var() + outside.var()))
    return abs(float(inside.mean()) - float(outside.mean())) / noise


@pytest.mark.parametrize(
    ("anatomy", "finding"),
    # Malignant lesions are black from the easiest levels on: nothing to be measured.
    [(BREAST, "benign"), (THYROID, "nodule"), (UTERUS, "fibroid"), (SPINAL_CORD, "injury")],
)  # fmt: skip
def test_contrast_to_noise_falls_with_difficulty(anatomy: Anatomy, finding: str) -> None:
    means = [
        np.mean([contrast_to_noise(anatomy, finding, seed, level) for seed in range(12)])
        for level in LEVELS
    ]
    assert all(one > two for one, two in itertools.pairwise(means)), means
    assert means[0] > 1.4 * means[-1]


def test_labels_at_a_fixed_seed_keep_their_geometry() -> None:
    for anatomy in (BREAST, THYROID, UTERUS):
        easy, hard = (
            exam_at(anatomy, anatomy.findings[0], 4, level).frame(0, Pose()) for level in (0, 1)
        )
        assert np.array_equal(easy.mask_HW, hard.mask_HW)
        assert not np.array_equal(easy.image_HW, hard.image_HW)


def test_a_hard_study_has_wilder_settings_and_more_noise() -> None:
    easy, hard = (exam_at(BREAST, "benign", 1, level).acquisition for level in (0.0, 1.0))
    machine = MACHINES[1].scanner
    assert abs(hard.gain - machine.gain) == pytest.approx(3 * abs(easy.gain - machine.gain))
    assert np.ptp(hard.tgc) == pytest.approx(3 * np.ptp(easy.tgc))
    assert hard.sensitivity < easy.sensitivity
    assert hard.clutter > easy.clutter
