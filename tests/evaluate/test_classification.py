from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from pipeline.evaluate.bootstrap import Floats, resampling_weights
from pipeline.evaluate.classification import auc, classification_scores
from pipeline.io.seeds import generator

Labels = npt.NDArray[np.int64]
CASES = st.tuples(st.integers(0, 10_000), st.integers(2, 5), st.integers(3, 25))
REFERENCES: dict[str, Callable[[Labels, Labels], float]] = {
    "accuracy": reference.accuracy_score,
    "macro_f1": lambda true, guess: reference.f1_score(
        true, guess, average="macro", zero_division=0
    ),
    "weighted_f1": lambda true, guess: reference.f1_score(
        true, guess, average="weighted", zero_division=0
    ),
    "mcc": reference.matthews_corrcoef,
}


def _case(seed: int, classes: int, images: int) -> tuple[Labels, Floats]:
    """Return random labels and probabilities, coarse enough to hold ties."""
    random = generator(seed)
    logits_NK = random.integers(-2, 3, size=(images, classes)).astype(np.float64)
    probs_NK = np.exp(logits_NK) / np.exp(logits_NK).sum(axis=1, keepdims=True)
    return random.integers(0, classes, size=images), probs_NK


def _reference_auc(true_N: Labels, probs_NK: Floats) -> float:
    if probs_NK.shape[1] == 2:
        return float(reference.roc_auc_score(true_N, probs_NK[:, 1]))
    return float(reference.roc_auc_score(true_N, probs_NK, average="macro", multi_class="ovr"))


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(deadline=None)
@given(CASES)
def test_scores_equal_scikit_learns_on_every_draw(case: tuple[int, int, int]) -> None:
    true_N, probs_NK = _case(*case)
    weights_DN = resampling_weights([str(n) for n in range(len(true_N))], 5, generator(0))
    scores = classification_scores(true_N, probs_NK, weights_DN)
    for draw, weights_N in enumerate(weights_DN):
        kept = np.repeat(np.arange(len(true_N)), weights_N.astype(int))
        for name, function in REFERENCES.items():
            expected = function(true_N[kept], probs_NK[kept].argmax(axis=1))
            assert scores[name][draw] == pytest.approx(expected, abs=1e-9), name


@settings(deadline=None)
@given(CASES)
def test_auc_equals_scikit_learns_where_all_classes_occur(case: tuple[int, int, int]) -> None:
    true_N, probs_NK = _case(*case)
    assume(len(np.unique(true_N)) == probs_NK.shape[1])
    weights_DN = resampling_weights([str(n) for n in range(len(true_N))], 5, generator(0))
    found_D = auc(true_N, probs_NK, weights_DN)
    for draw, weights_N in enumerate(weights_DN):
        kept = np.repeat(np.arange(len(true_N)), weights_N.astype(int))
        if len(np.unique(true_N[kept])) == probs_NK.shape[1]:
            assert found_D[draw] == pytest.approx(_reference_auc(true_N[kept], probs_NK[kept]))


@pytest.mark.parametrize("classes", [2, 3])
def test_auc_is_zero_when_a_class_is_absent_from_the_set(classes: int) -> None:
    probs_NK = np.full((4, classes), 1 / classes)
    found_D = auc(np.zeros(4, np.int64), probs_NK, np.ones((3, 4)))
    assert found_D.tolist() == [0.0, 0.0, 0.0]


def test_auc_is_zero_when_probabilities_of_several_classes_do_not_sum_to_one() -> None:
    probs_NK = np.eye(3)
    assert auc(np.arange(3), probs_NK, np.ones((1, 3)))[0] == 1.0
    assert auc(np.arange(3), probs_NK * 2, np.ones((1, 3)))[0] == 0.0


def test_a_draw_that_misses_a_class_takes_the_mean_over_the_others() -> None:
    probs_NK = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.1, 0.1, 0.8]])
    weights_DN = np.array([[1.0, 1.0, 1.0], [1.0, 2.0, 0.0], [3.0, 0.0, 0.0]])
    found_D = auc(np.arange(3), probs_NK, weights_DN)
    assert found_D[:2].tolist() == [1.0, 1.0]
    assert np.isnan(found_D[2])
