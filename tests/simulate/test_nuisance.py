"""What has nothing to do with a label tells nothing of it."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from pipeline.simulate.anatomy import tissue
from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.atlas import LIVER
from pipeline.simulate.challenge_images import captures, exam_of, plan_shots
from pipeline.simulate.challenge_layout import shown
from pipeline.simulate.challenge_sources import COLLECTIONS, Collection
from pipeline.simulate.exam import Exam
from tests.simulate.anatomy.bodies import painted
from tests.simulate.settings import SEED, small_params

MANY_CLASSES = [each for each in COLLECTIONS if len(each.subjects) > 1]
NUISANCES: dict[str, Callable[[Exam], float]] = {
    "machine": lambda exam: exam.acquisition.smoothing + exam.acquisition.clutter,
    "gain": lambda exam: exam.acquisition.gain,
    "depth": lambda exam: exam.acquisition.depth_cm / exam.anatomy.depth_cm,
    "screen": lambda exam: exam.probe.height,
    "contact": lambda exam: sum(exam.acquisition.contact),
}


def exams_of(collection: Collection) -> tuple[list[int], list[Exam]]:
    """Return class and exam of 250 patients."""
    params = small_params(task_images_per_patient=1)
    shots = plan_shots(collection, 250, params, SEED)
    return [shot.label for shot in shots], [exam_of(collection, s, params, SEED) for s in shots]


def chance_of(labels: list[int], values: list[float]) -> float:
    """Return the p-value of labels and values being independent (chi-square)."""
    quarters = np.quantile(values, [0.25, 0.5, 0.75])
    table = np.zeros((max(labels) + 1, 4))
    for label, value in zip(labels, values, strict=True):
        table[label, int(np.searchsorted(quarters, value))] += 1
    return float(chi2_contingency(table[:, table.sum(axis=0) > 0]).pvalue)


def test_machine_gain_depth_and_screen_are_independent_of_the_class() -> None:
    """With 45 looks at pure chance the smallest p-value lies under 0.001 in 1 of 22 worlds."""
    chances = {}
    for collection in MANY_CLASSES:
        labels, exams = exams_of(collection)
        for name, measure in NUISANCES.items():
            values = [measure(exam) for exam in exams]
            chances[collection.stream, name] = chance_of(labels, values)
    assert min(chances.values()) > 0.05 / len(chances) / 2, chances


def test_the_check_finds_a_dependence() -> None:
    labels, exams = exams_of(MANY_CLASSES[0])
    values = [exam.acquisition.gain + 2 * label for label, exam in zip(labels, exams, strict=True)]
    assert chance_of(labels, values) < 1e-6


def test_the_fat_of_the_belly_wall_is_independent_of_the_lesion(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[float] = []
    real = tissue.skin_and_fat

    def spy(body: Body, fat: float) -> float:
        seen.append(fat)
        return real(body, fat)

    monkeypatch.setattr(tissue, "skin_and_fat", spy)
    labels = []
    for index, finding in enumerate(LIVER.findings):
        for seed in range(60):
            painted(LIVER, finding, 1000 * index + seed)
            labels.append(index)
    assert chance_of(labels, seen) > 0.01
    assert 0.55 < min(seen) < 0.9
    assert 1.6 < max(seen) < 2.1


def test_patients_own_several_images_of_one_body_on_one_machine() -> None:
    params = small_params()
    for collection in COLLECTIONS:
        exams = defaultdict(list)
        for shot in plan_shots(collection, 40, params, SEED):
            exams[shot.patient].append(exam_of(collection, shot, params, SEED))
        assert len(exams) > 12
        assert max(len(found) for found in exams.values()) == params.task_images_per_patient
        for found in exams.values():
            assert len({exam.seed for exam in found}) == 1
            assert len({(exam.acquisition.gain, exam.probe) for exam in found}) <= 4
            if collection.names != "plane":
                assert len(set(found)) == 1


def test_crosses_and_notes_are_on_some_pictures_of_every_class() -> None:
    params = small_params(task_image_size=48, task_images_per_patient=1)
    collection = next(each for each in COLLECTIONS if each.stream == "BUSI-WHU")
    marked: list[list[bool]] = [[], []]
    for shot, capture, rng in captures(
        collection, plan_shots(collection, 160, params, SEED), params, SEED
    ):
        image = shown(capture, collection, rng)
        marked[shot.label].append(not np.array_equal(image, capture.image_HW))
    # Either mark is on 15 % of the pictures, so 28 % carry one.
    for found in marked:
        assert 0.13 < np.mean(found) < 0.43
