import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pipeline.evaluate.bootstrap import Floats, resampling_weights
from pipeline.evaluate.classification import (
    official_auc,
    official_scores,
    strict_auc,
    strict_scores,
)
from pipeline.io.seeds import generator

Labels = npt.NDArray[np.int64]
CASES = st.tuples(st.integers(0, 10_000), st.integers(2, 5), st.integers(3, 25))
COUNTS: dict[str, Callable[[Labels, Labels], float]] = {
    "accuracy": reference.accuracy_score,
    "macro_f1": lambda true, guess: reference.f1_score(
        true, guess, average="macro", zero_division=0
    ),
    "weighted_f1": lambda true, guess: reference.f1_score(
        true, guess, average="weighted", zero_division=0
    ),
    "mcc": reference.matthews_corrcoef,
}


def _case(seed: int, classes: int, images: int) -> tuple[Labels, Labels, Floats]:
    """Return random labels, guesses (some of no class) and probabilities with ties."""
    random = generator(seed)
    logits_NK = random.integers(-2, 3, size=(images, classes)).astype(np.float64)
    probs_NK = np.exp(logits_NK) / np.exp(logits_NK).sum(axis=1, keepdims=True)
    guess_N = random.integers(-1, classes + 2, size=images)
    return random.integers(0, classes, size=images), guess_N, probs_NK


def _reference_auc(true_N: Labels, probs_NK: Floats, classes: int) -> float:
    """Return scikit-learn's AUC, 0 where it has none: the challenge's rule."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if classes == 2:
                found = reference.roc_auc_score(true_N, probs_NK[:, 1])
            else:
                found = reference.roc_auc_score(
                    true_N, probs_NK, average="macro", multi_class="ovr"
                )
        except ValueError:
            return 0.0
    return 0.0 if np.isnan(found) else float(found)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None, max_examples=40)
@given(CASES)
def test_counts_equal_scikit_learns_on_every_draw(case: tuple[int, int, int]) -> None:
    true_N, guess_N, probs_NK = _case(*case)
    weights_DN = resampling_weights([str(n) for n in range(len(true_N))], 5, generator(0))
    scores = official_scores(true_N, guess_N, probs_NK, case[1], weights_DN)
    for draw, weights_N in enumerate(weights_DN):
        kept = np.repeat(np.arange(len(true_N)), weights_N.astype(int))
        for name, function in COUNTS.items():
            expected = function(true_N[kept], guess_N[kept])
            assert scores[name][draw] == pytest.approx(expected, abs=1e-9), name


@settings(deadline=None)
@given(CASES, st.sampled_from(["sound", "nan", "infinite", "sums", "column short", "column more"]))
def test_auc_equals_scikit_learns_or_is_zero(case: tuple[int, int, int], fault: str) -> None:
    true_N, _, probs_NK = _case(*case)
    match fault:
        case "nan" | "infinite":
            probs_NK[0, -1] = np.nan if fault == "nan" else np.inf
        case "sums":
            probs_NK = probs_NK * 1.5
        case "column short":
            probs_NK = probs_NK[:, :-1]
        case "column more":
            probs_NK = np.pad(probs_NK, ((0, 0), (0, 1)))
    found_D = official_auc(true_N, probs_NK, case[1], np.ones((1, len(true_N))))
    expected = 0.0
    if probs_NK.shape[1] > 1 or case[1] > 2:
        expected = _reference_auc(true_N, probs_NK, case[1])
    assert found_D[0] == pytest.approx(expected, abs=1e-9)


@settings(deadline=None)
@given(CASES)
def test_auc_of_draws_equals_scikit_learns_where_all_classes_occur(
    case: tuple[int, int, int],
) -> None:
    true_N, _, probs_NK = _case(*case)
    assume(len(np.unique(true_N)) == case[1])
    weights_DN = resampling_weights([str(n) for n in range(len(true_N))], 5, generator(0))
    found_D = official_auc(true_N, probs_NK, case[1], weights_DN)
    assert np.array_equal(found_D, strict_auc(true_N, probs_NK, weights_DN), equal_nan=True)
    for draw, weights_N in enumerate(weights_DN):
        kept = np.repeat(np.arange(len(true_N)), weights_N.astype(int))
        if len(np.unique(true_N[kept])) == case[1]:
            expected = _reference_auc(true_N[kept], probs_NK[kept], case[1])
            assert found_D[draw] == pytest.approx(expected)


@pytest.mark.parametrize("classes", [2, 3])
def test_auc_is_zero_or_undefined_when_a_class_is_absent_from_the_set(classes: int) -> None:
    probs_NK, true_N = np.full((4, classes), 1 / classes), np.zeros(4, np.int64)
    assert official_auc(true_N, probs_NK, classes, np.ones((3, 4))).tolist() == [0.0, 0.0, 0.0]
    assert np.isnan(strict_auc(true_N, probs_NK, np.ones((3, 4)))).all()


def test_probabilities_that_do_not_sum_to_one_still_rank() -> None:
    probs_NK, weights_1N = np.eye(3) * 2, np.ones((1, 3))
    assert official_auc(np.arange(3), probs_NK, 3, weights_1N)[0] == 0.0
    assert strict_auc(np.arange(3), probs_NK, weights_1N)[0] == 1.0


def test_a_draw_that_misses_a_class_takes_the_mean_over_the_others() -> None:
    probs_NK = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.1, 0.8]])
    weights_DN = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 0.0], [3.0, 0.0, 0.0]])
    found_D = official_auc(np.arange(3), probs_NK, 3, weights_DN)
    assert found_D[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found_D[2])


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None)
@given(CASES)
def test_strict_counts_equal_scikit_learns_over_the_real_classes(
    case: tuple[int, int, int],
) -> None:
    true_N, guess_N, probs_NK = _case(*case)
    classes = case[1]
    scores = strict_scores(true_N, guess_N, probs_NK, np.ones((1, len(true_N))))
    none_N = np.where((guess_N < 0) | (guess_N >= classes), classes, guess_N)
    real = sorted(set(true_N) | set(none_N) - {classes})
    expected = {name: function(true_N, none_N) for name, function in COUNTS.items()}
    expected["macro_f1"] = reference.f1_score(
        true_N, none_N, labels=real, average="macro", zero_division=0
    )
    for name, value in expected.items():
        assert scores[name][0] == pytest.approx(value, abs=1e-9), name


@settings(deadline=None)
@given(CASES, st.integers(0, 100))
def test_an_answer_never_ranks_below_none(case: tuple[int, int, int], seed: int) -> None:
    true_N, _, probs_NK = _case(*case)
    assume(len(np.unique(true_N)) == case[1])
    weights_1N = np.ones((1, len(true_N)))
    lacking_NK = probs_NK.copy()
    lacking_NK[generator(seed).random(len(true_N)) < 0.3] = np.nan
    assert strict_auc(true_N, lacking_NK, weights_1N) <= strict_auc(true_N, probs_NK, weights_1N)
    nothing_NK = np.full_like(probs_NK, np.nan)
    assert strict_auc(true_N, nothing_NK, weights_1N)[0] == 0.0
