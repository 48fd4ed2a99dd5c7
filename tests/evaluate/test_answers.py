from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.errors import StudyError
from pipeline.evaluate.answers import LabelledTask, match, read_predictions, read_test_set
from tests.evaluate.study import TASKS, answers, perfect, write_answers, write_labels


def _tests(folder: Path, seed: int = 0) -> dict[str, LabelledTask]:
    read = [read_test_set(path, TASKS, seed, 100) for path in write_labels(folder)]
    return {test.task.id: test for test in read}


def test_every_model_of_a_task_meets_the_same_draws(tmp_path: Path) -> None:
    first, second, other = (_tests(tmp_path, seed)["lung"] for seed in (0, 0, 1))
    assert np.array_equal(first.weights_DN, second.weights_DN)
    assert not np.array_equal(first.weights_DN, other.weights_DN)


def test_predictions_are_matched_with_all_images(tmp_path: Path) -> None:
    tests = _tests(tmp_path)
    path = write_answers(tmp_path / "p.parquet", answers(perfect, images=7))
    predictions = read_predictions(path, tests)
    for name, test in tests.items():
        found = match(test, predictions[name])
        keys = [None if row is None else row["sample"] for row in found]
        assert keys == [f"s{index:02d}" for index in range(7)] + [None] * 5


def test_the_class_is_the_first_of_the_most_probable(tmp_path: Path) -> None:
    tests = _tests(tmp_path)
    tie = {"probs": [0.1, 0.4, 0.1, 0.4, 0.0, 0.0]}
    path = write_answers(
        tmp_path / "p.parquet", answers(lambda *_: tie, {"organ_cls": TASKS["organ_cls"]})
    )
    found = match(tests["organ_cls"], read_predictions(path, tests)["organ_cls"])
    assert {row["guess"] for row in found if row is not None} == {1}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"task": "knee", "sample": "s00"}], "no test image"),
        ([{"task": "lung", "sample": "s99"}], "no test image"),
        ([{"task": "lung", "sample": "s00", "mask": b"x"}] * 2, "two predictions"),
        ([{"task": "lung", "sample": "s00"}], "not a complete"),
        ([{"task": "organ_cls", "sample": "s00", "probs": [0.5, 0.5]}], "not a complete"),
        ([{"task": "FUGC", "sample": "s00", "points": [1, 2, 3]}], "not a complete"),
        (
            [{"task": "thyroid_nodule_det", "sample": "s00", "box": [0, 0, float("nan"), 1]}],
            "not a complete",
        ),
    ],
)
def test_malformed_predictions_are_refused(
    tmp_path: Path, rows: list[dict[str, Any]], message: str
) -> None:
    path = write_answers(tmp_path / "p.parquet", rows)
    with pytest.raises(StudyError, match=message):
        read_predictions(path, _tests(tmp_path))
