"""Accuracy, F1, Matthews' coefficient and AUC as the challenge's `evaluate.py` computes them.

The challenge calls scikit-learn once per test set; here the same formulas run on a weighted
confusion matrix per draw. The strict scores count an image without a usable answer as wrong, and
know no AUC where a class has no image.
"""

import warnings

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from pipeline.evaluate.bootstrap import Floats

Labels = npt.NDArray[np.int64]

METRICS = ("accuracy", "macro_f1", "weighted_f1", "mcc", "auc")


def confusion(true_N: Labels, predicted_N: Labels, num_classes: int, weights_DN: Floats) -> Floats:
    """Return `confusion_DTP`: the weight of each pair of true and predicted class."""
    cell_N = true_N * num_classes + predicted_N
    one_hot_NC = np.eye(num_classes**2)[cell_N]
    return np.asarray((weights_DN @ one_hot_NC).reshape(-1, num_classes, num_classes))


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide, giving 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)


def confusion_scores(confusion_DTP: Floats, classes: int) -> dict[str, Floats]:
    """Return `accuracy`, `macro_f1`, `weighted_f1` and `mcc` of each draw.

    Macro F1 is the mean over those of the first `classes` that are true or predicted somewhere in
    the draw; F1 and Matthews' coefficient are 0 where undefined (scikit-learn's conventions).
    """
    hits_DC = np.einsum("dcc->dc", confusion_DTP)
    true_DC, predicted_DC = confusion_DTP.sum(axis=2), confusion_DTP.sum(axis=1)
    total_D, hits_D = confusion_DTP.sum(axis=(1, 2)), hits_DC.sum(axis=1)
    f1_DC = _ratio(2 * hits_DC, true_DC + predicted_DC)
    present_DC = ((true_DC + predicted_DC) > 0)[:, :classes]
    covariance_D = hits_D * total_D - (true_DC * predicted_DC).sum(axis=1)
    variance_true_D = total_D**2 - (true_DC**2).sum(axis=1)
    variance_predicted_D = total_D**2 - (predicted_DC**2).sum(axis=1)
    return {
        "accuracy": _ratio(hits_D, total_D),
        "macro_f1": _ratio(
            f1_DC[:, :classes].sum(axis=1), present_DC.sum(axis=1).astype(np.float64)
        ),
        "weighted_f1": _ratio((f1_DC * true_DC).sum(axis=1), total_D),
        "mcc": _ratio(covariance_D, np.sqrt(variance_true_D * variance_predicted_D)),
    }


def binary_auc(positive_N: npt.NDArray[np.bool_], score_N: Floats, weights_DN: Floats) -> Floats:
    """Return the area under the ROC curve of each draw, not a number where it is undefined.

    It is the share of pairs (one positive, one negative) in which the positive scores higher; a
    tie counts half.
    """
    order = np.argsort(score_N, kind="stable")
    _, first_of_level = np.unique(score_N[order], return_index=True)
    weights_DN, positive_N = weights_DN[:, order], positive_N[order]
    positive_DL = np.add.reduceat(weights_DN * positive_N, first_of_level, axis=1)
    negative_DL = np.add.reduceat(weights_DN * ~positive_N, first_of_level, axis=1)
    below_DL = np.cumsum(negative_DL, axis=1) - negative_DL
    won_D = (positive_DL * (below_DL + negative_DL / 2)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(won_D / (positive_DL.sum(axis=1) * negative_DL.sum(axis=1)))


def auc(
    true_N: Labels, probs_NK: Floats, positives: list[tuple[int, int]], weights_DN: Floats
) -> Floats:
    """Return the AUC of each draw: the mean over `positives`, pairs of a class and its column.

    A draw that happens to miss a class takes the mean over the other classes.
    """
    auc_CD = np.stack(
        [binary_auc(true_N == index, probs_NK[:, at], weights_DN) for index, at in positives]
    )
    defined_CD = np.isfinite(auc_CD)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(auc_CD, axis=0) / defined_CD.sum(axis=0))


def _scikit_learn_refuses(true_N: Labels, probs_NK: Floats, num_classes: int) -> bool:
    """Ask scikit-learn as the challenge does; newer releases answer NaN where older ones raise."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if num_classes == 2:
                found = roc_auc_score(true_N, probs_NK[:, 1])
            else:
                found = roc_auc_score(true_N, probs_NK, average="macro", multi_class="ovr")
        except (ValueError, IndexError):
            return True
    return not np.isfinite(found)


def official_auc(
    true_N: Labels, probs_NK: Floats | None, num_classes: int, weights_DN: Floats
) -> Floats:
    """Return the AUC of each draw: of class 1 if binary, else the macro mean, one against rest.

    As in the challenge it is 0 when an image has no probabilities and when scikit-learn refuses
    the test set: a class is absent from it, a probability is not finite, or the probabilities of
    several classes do not sum to 1.
    """
    if probs_NK is None or num_classes < 2 or _scikit_learn_refuses(true_N, probs_NK, num_classes):
        return np.zeros(len(weights_DN))
    classes = np.unique(true_N).tolist()
    columns = [1] if num_classes == 2 else range(probs_NK.shape[1])
    positives = list(zip(classes[-len(columns) :], columns, strict=True))
    return auc(true_N, probs_NK, positives, weights_DN)


def strict_auc(true_N: Labels, probs_NK: Floats, weights_DN: Floats) -> Floats:
    """Return the AUC of each draw, not a number for every draw if a class has no image.

    An image whose probabilities are not finite is ranked as wrong as can be: below all others in
    its own class and above them in the rest.
    """
    classes = probs_NK.shape[1]
    if set(range(classes)) - set(true_N.tolist()) or classes < 2:
        return np.full(len(weights_DN), np.nan)
    ranked_NK = np.where(np.isfinite(probs_NK).all(axis=1, keepdims=True), probs_NK, np.nan)
    wrong_NK = np.where(np.eye(classes, dtype=bool)[true_N], -np.inf, np.inf)
    ranked_NK = np.where(np.isnan(ranked_NK), wrong_NK, ranked_NK)
    positives = [(index, index) for index in ([1] if classes == 2 else range(classes))]
    return auc(true_N, ranked_NK, positives, weights_DN)


def official_scores(
    true_N: Labels,
    guess_N: Labels,
    probs_NK: Floats | None,
    num_classes: int,
    weights_DN: Floats,
) -> dict[str, Floats]:
    """Return `accuracy`, `macro_f1`, `weighted_f1`, `mcc` and `auc` of each draw.

    A class outside 0 to `num_classes` - 1 is one more class, as it is for scikit-learn. Without
    any image all are 0, as in the challenge.
    """
    if not len(true_N):
        return dict.fromkeys(METRICS, np.zeros(len(weights_DN)))
    labels = np.union1d(true_N, guess_N)
    true_at_N, guess_at_N = np.searchsorted(labels, true_N), np.searchsorted(labels, guess_N)
    table_DTP = confusion(true_at_N, guess_at_N, len(labels), weights_DN)
    found = confusion_scores(table_DTP, len(labels))
    return found | {"auc": official_auc(true_N, probs_NK, num_classes, weights_DN)}


def strict_scores(
    true_N: Labels, guess_N: Labels, probs_NK: Floats, weights_DN: Floats
) -> dict[str, Floats]:
    """Return the same five; a guess that is no class of the task is wrong, and no class of its own.

    Args:
        true_N: the true class, 0 to K - 1.
        guess_N: the predicted class; anything else where there is none.
        probs_NK: the probability of each class; not a number where there is none.
        weights_DN: how often each sample counts in each draw.
    """
    classes = probs_NK.shape[1]
    counted_N = np.where((guess_N >= 0) & (guess_N < classes), guess_N, classes)
    table_DTP = confusion(true_N, counted_N, classes + 1, weights_DN)
    return confusion_scores(table_DTP, classes) | {"auc": strict_auc(true_N, probs_NK, weights_DN)}
