"""Which metrics a task has, which of them is its main one, and which way is better.

Each comes twice. The *official* one is the challenge's: images without a prediction are left out,
and an AUC that cannot be computed is 0. The *strict* one, named `strict_<metric>`, is over all
images: one without a usable prediction is counted as wrong (Dice and IoU 0, distances the image's
diagonal, no true class), landmarks that nobody annotated are left out, and an AUC that cannot be
computed is not a number. HD95 and surface Dice, which the challenge does not have, are strict only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.evaluate.bootstrap import Floats, weighted_mean
from pipeline.evaluate.classification import official_scores, strict_scores
from pipeline.evaluate.detection import iou
from pipeline.evaluate.regression import annotated_error, radial_error
from pipeline.evaluate.segmentation import (
    OFFICIAL,
    ONLY_STRICT,
    diagonal,
    segmentation_values,
)
from pipeline.io.images import Image, decode_png
from pipeline.tasks.catalogue import TaskType

MAIN_METRIC: dict[TaskType, str] = {
    "segmentation": "dice",
    "classification": "macro_f1",
    "detection": "iou",
    "regression": "mre",
}
STRICT = "strict_"
LOWER_IS_BETTER = frozenset({"hausdorff", "mre"})

Row = Mapping[str, Any]
Rows = Sequence[Row]
Answers = Sequence[Row | None]
Flags = npt.NDArray[np.bool_]


class Score(NamedTuple):
    """A metric on the test set as it is, then on each draw; and how many images it counts."""

    scores_D: Floats
    images: int


Scores = dict[str, Score]


def _official(name: str, values_N: Floats, answered_N: Flags, weights_DN: Floats) -> Scores:
    """Return the mean over the images with a prediction; 0 if none has one, as in the challenge."""
    if not answered_N.any():
        return {name: Score(np.zeros(len(weights_DN)), 0)}
    mean_D = weighted_mean(values_N[answered_N], weights_DN[:, answered_N])
    return {name: Score(mean_D, int(answered_N.sum()))}


def _strict(name: str, values_N: Floats, counted_N: Flags, weights_DN: Floats) -> Scores:
    """Return the mean over the images that count."""
    mean_D = weighted_mean(values_N[counted_N], weights_DN[:, counted_N])
    return {STRICT + name: Score(mean_D, int(counted_N.sum()))}


def _segmentation(
    truth: Rows, predicted: Answers, classes: int, weights_DN: Floats, tolerance: float
) -> Scores:
    def pairs() -> Iterator[tuple[Image, Image | None]]:
        for true, guess in zip(truth, predicted, strict=True):
            yield decode_png(true["mask"]), None if guess is None else decode_png(guess["mask"])

    values = segmentation_values(pairs(), classes, tolerance)
    answered_N, every_N = _answered(predicted), np.ones(len(truth), bool)
    found: Scores = {}
    for name in OFFICIAL:
        found |= _official(name, values[name], answered_N, weights_DN)
    for name in (*OFFICIAL, *ONLY_STRICT):
        found |= _strict(name, values[name], every_N, weights_DN)
    return found


def _table(given: Sequence[Sequence[float] | None]) -> Floats | None:
    """Return rows of equal length as one array, or None if one is missing or of another length."""
    lengths = {None if one is None else len(one) for one in given}
    return None if None in lengths or len(lengths) > 1 else np.array(given, np.float64)


def _classification(truth: Rows, predicted: Answers, classes: int, weights_DN: Floats) -> Scores:
    true_N = np.array([row["label"] for row in truth], np.int64)
    guess_N = np.array([-1 if row is None else row["guess"] for row in predicted], np.int64)
    probs = [None if row is None else row["probs"] for row in predicted]
    unknown = [np.nan] * classes
    probs_NK = _stack([one if one and len(one) == classes else unknown for one in probs])
    given_N = _answered(predicted)
    given = _table([one for one, answered in zip(probs, given_N, strict=True) if answered])
    official = official_scores(
        true_N[given_N], guess_N[given_N], given, classes, weights_DN[:, given_N]
    )
    known_N = (true_N >= 0) & (true_N < classes)
    strict = strict_scores(
        true_N[known_N], guess_N[known_N], probs_NK[known_N], weights_DN[:, known_N]
    )
    return {
        **{name: Score(scores_D, int(given_N.sum())) for name, scores_D in official.items()},
        **{STRICT + name: Score(scores_D, int(known_N.sum())) for name, scores_D in strict.items()},
    }


def _detection(truth: Rows, predicted: Answers, weights_DN: Floats) -> Scores:
    values_N = iou(_stack([row["box"] for row in truth]), _given(predicted, "box", 4))
    answered_N, every_N = _answered(predicted), np.ones(len(truth), bool)
    strict_N = np.where(np.isfinite(values_N), values_N, 0.0)
    return {
        **_official("iou", values_N, answered_N, weights_DN),
        **_strict("iou", strict_N, every_N, weights_DN),
    }


def _regression(truth: Rows, predicted: Answers, landmarks: int, weights_DN: Floats) -> Scores:
    true_NK2 = _stack([row["points"] for row in truth]).reshape(-1, landmarks, 2)
    predicted_NK2 = _given(predicted, "points", 2 * landmarks).reshape(-1, landmarks, 2)
    annotated_N = (true_NK2 != 0).any(axis=(1, 2))
    error_N = annotated_error(true_NK2, predicted_NK2)
    worst_N = _stack([diagonal((row["height"], row["width"])) for row in truth])
    # No answer is worse than none.
    strict_N = np.fmin(error_N, worst_N)
    official_N = radial_error(true_NK2, predicted_NK2)
    return {
        **_official("mre", official_N, _answered(predicted), weights_DN),
        **_strict("mre", strict_N, annotated_N & np.isfinite(strict_N), weights_DN),
    }


def _answered(predicted: Answers) -> Flags:
    return np.array([row is not None for row in predicted], bool)


def _stack(values: Sequence[Any]) -> Floats:
    return np.array(values, np.float64)


def _given(predicted: Answers, column: str, length: int) -> Floats:
    """Return a column of the predictions, not a number where there is none."""
    return _stack([[np.nan] * length if row is None else row[column] for row in predicted])


def measure(
    kind: TaskType,
    num_classes: int,
    truth: Rows,
    predicted: Answers,
    weights_DN: Floats,
    tolerance: float,
) -> Scores:
    """Return every metric of a task by name.

    Args:
        kind: says which metrics apply.
        num_classes: classes, with the background in segmentation; landmarks in regression.
        truth: `label`, `box`, `points` (flat) with `height` and `width`, or `mask` of each image.
        predicted: for the same images in the same order `guess` (a class) and `probs`, `box`,
            `points` or `mask`; None where there is no prediction.
        weights_DN: how often each image counts in each draw.
        tolerance: of surface Dice, in pixels.
    """
    match kind:
        case "segmentation":
            return _segmentation(truth, predicted, num_classes, weights_DN, tolerance)
        case "classification":
            return _classification(truth, predicted, num_classes, weights_DN)
        case "detection":
            return _detection(truth, predicted, weights_DN)
        case "regression":
            return _regression(truth, predicted, num_classes, weights_DN)
