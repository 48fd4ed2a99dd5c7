"""The two scores of each metric: what the challenge leaves out, and what the strict ones count."""

import math
from typing import Any

import numpy as np
import pytest

from pipeline.evaluate.bootstrap import resampling_weights
from pipeline.evaluate.metrics import MAIN_METRIC, STRICT, Scores, measure
from pipeline.io.seeds import generator
from tests.evaluate.study import HEIGHT, IMAGES, TASKS, WIDTH, constant, perfect, truth

Row = dict[str, Any]
DIAGONAL = math.hypot(HEIGHT, WIDTH)
WORST = {"dice": 0.0, "hausdorff": DIAGONAL, "hd95": DIAGONAL, "surface_dice": 0.0}
WORST |= {"iou": 0.0, "mre": DIAGONAL}
NAMES = list(TASKS)


def _truth(name: str) -> list[Row]:
    size = {"height": HEIGHT, "width": WIDTH}
    return [size | truth(TASKS[name], index) for index in range(IMAGES)]


def _answers(name: str, rule: Any = constant) -> list[Row | None]:
    rows: list[Row | None] = []
    for index in range(IMAGES):
        row = rule(TASKS[name], index)
        rows.append(row | {"guess": int(np.argmax(row["probs"]))} if "probs" in row else row)
    return rows


def _measure(name: str, answers: list[Row | None], draws: int = 20) -> Scores:
    task = TASKS[name]
    weights_DN = resampling_weights([str(n) for n in range(IMAGES)], draws, generator(0))
    return measure(task.type, task.num_classes, _truth(name), answers, weights_DN, 2.0)


@pytest.mark.parametrize("name", NAMES)
def test_strict_is_official_when_nothing_is_missing(name: str) -> None:
    scores = _measure(name, _answers(name))
    for metric, score in scores.items():
        assert score.images == IMAGES
        if not metric.startswith(STRICT):
            strict_D = scores[STRICT + metric].scores_D
            assert np.allclose(score.scores_D, strict_D, rtol=0, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize("name", NAMES)
def test_missing_predictions_are_skipped_officially_and_wrong_strictly(name: str) -> None:
    whole, missing = _answers(name), 5
    scores = _measure(name, [*whole[:-missing], *[None] * missing])
    kept = measure(
        TASKS[name].type,
        TASKS[name].num_classes,
        _truth(name)[:-missing],
        whole[:-missing],
        np.ones((1, IMAGES - missing)),
        2.0,
    )
    for metric, score in scores.items():
        plain = metric.removeprefix(STRICT)
        if metric == plain:
            assert score.images == IMAGES - missing
            assert score.scores_D[0] == pytest.approx(kept[metric].scores_D[0], abs=1e-12)
        elif plain in WORST:
            share = (IMAGES - missing) / IMAGES
            expected = share * kept[metric].scores_D[0] + (1 - share) * WORST[plain]
            assert score.images == IMAGES
            assert score.scores_D[0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_without_any_prediction(name: str) -> None:
    scores = _measure(name, [None] * IMAGES)
    for metric, score in scores.items():
        plain = metric.removeprefix(STRICT)
        expected = 0.0 if metric == plain else WORST.get(plain, 0.0)
        assert score.scores_D[0] == expected, metric
        assert score.images == (0 if metric == plain else IMAGES)


@pytest.mark.parametrize(
    ("name", "column", "place"), [("thyroid_nodule_det", "box", 2), ("FUGC", "points", 1)]
)
def test_a_prediction_that_is_no_number_spoils_the_official_mean_and_is_wrong_strictly(
    name: str, column: str, place: int
) -> None:
    answers = _answers(name, perfect)
    first = answers[0] or {}
    first[column][place] = math.nan
    metric = MAIN_METRIC[TASKS[name].type]
    scores = _measure(name, answers)
    assert math.isnan(scores[metric].scores_D[0])
    expected = (WORST[metric] + (IMAGES - 1) * (metric == "iou")) / IMAGES
    assert scores[STRICT + metric].scores_D[0] == pytest.approx(expected)


def test_an_absent_class_has_no_strict_auc() -> None:
    task = TASKS["organ_cls"]
    rows = [row for row in _truth("organ_cls") if row["label"] != 2]
    answers = [{"guess": row["label"], "probs": np.eye(6)[row["label"]].tolist()} for row in rows]
    scores = measure(task.type, 6, rows, answers, np.ones((1, len(rows))), 2.0)
    assert scores["auc"].scores_D[0] == 0.0
    assert math.isnan(scores["strict_auc"].scores_D[0])
    assert scores["strict_macro_f1"].scores_D[0] == 1.0


def test_an_image_without_landmarks_counts_in_the_official_error_only() -> None:
    rows = _truth("FUGC")
    rows[0]["points"] = [0.0] * 4
    scores = measure("regression", 2, rows, _answers("FUGC", perfect), np.ones((1, IMAGES)), 2.0)
    assert scores["mre"].scores_D[0] > 0
    assert scores["strict_mre"].scores_D[0] == 0.0
    assert scores["strict_mre"].images == IMAGES - 1


def test_no_landmark_costs_more_than_a_missing_one() -> None:
    far: list[Row | None] = [{"points": [1e6] * 4} for _ in range(IMAGES)]
    one = np.ones((1, IMAGES))
    wild = measure("regression", 2, _truth("FUGC"), far, one, 2.0)
    none = measure("regression", 2, _truth("FUGC"), [None] * IMAGES, one, 2.0)
    assert wild["mre"].scores_D[0] > 1e5
    assert wild["strict_mre"].scores_D[0] == none["strict_mre"].scores_D[0] == DIAGONAL
