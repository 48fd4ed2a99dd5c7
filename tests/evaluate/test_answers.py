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


def test_images_without_a_prediction_are_skipped(tmp_path: Path) -> None:
    tests = _tests(tmp_path)
    path = write_answers(tmp_path / "p.parquet", answers(perfect, images=7))
    matched = match(tests["lung"], read_predictions(path, tests)["lung"])
    assert [row["sample"] for row in matched.truth] == [f"s{index:02d}" for index in range(7)]
    assert [row["sample"] for row in matched.predicted] == [row["sample"] for row in matched.truth]
    assert np.array_equal(matched.weights_DN, tests["lung"].weights_DN[:, :7])


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
