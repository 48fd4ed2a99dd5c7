"""Accuracy, F1, Matthews' coefficient and AUC as the challenge's `evaluate.py` computes them.

The challenge calls scikit-learn once per test set; here the same formulas run on a weighted
confusion matrix per draw.
"""

import numpy as np
import numpy.typing as npt

from pipeline.evaluate.bootstrap import Floats

Labels = npt.NDArray[np.int64]


def confusion(true_N: Labels, predicted_N: Labels, num_classes: int, weights_DN: Floats) -> Floats:
    """Return `confusion_DTP`: the weight of each pair of true and predicted class."""
    cell_N = true_N * num_classes + predicted_N
    one_hot_NC = np.eye(num_classes**2)[cell_N]
    return np.asarray((weights_DN @ one_hot_NC).reshape(-1, num_classes, num_classes))


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Divide, giving 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator != 0)


def confusion_scores(confusion_DTP: Floats) -> dict[str, Floats]:
    """Return `accuracy`, `macro_f1`, `weighted_f1` and `mcc` of each draw.

    Macro F1 is the mean over the classes that are true or predicted somewhere in the draw; F1
    and Matthews' coefficient are 0 where undefined (scikit-learn's conventions).
    """
    hits_DC = np.einsum("dcc->dc", confusion_DTP)
    true_DC, predicted_DC = confusion_DTP.sum(axis=2), confusion_DTP.sum(axis=1)
    total_D, hits_D = confusion_DTP.sum(axis=(1, 2)), hits_DC.sum(axis=1)
    f1_DC = _ratio(2 * hits_DC, true_DC + predicted_DC)
    present_D = ((true_DC + predicted_DC) > 0).sum(axis=1).astype(np.float64)
    covariance_D = hits_D * total_D - (true_DC * predicted_DC).sum(axis=1)
    variance_true_D = total_D**2 - (true_DC**2).sum(axis=1)
    variance_predicted_D = total_D**2 - (predicted_DC**2).sum(axis=1)
    return {
        "accuracy": _ratio(hits_D, total_D),
        "macro_f1": _ratio(f1_DC.sum(axis=1), present_D),
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


def auc(true_N: Labels, probs_NK: Floats, weights_DN: Floats) -> Floats:
    """Return the AUC of each draw: of class 1 if binary, else the macro mean, one against rest.

    The challenge sets it to 0 when scikit-learn raises: when a class is absent from the test
    set, or when the probabilities of several classes do not sum to 1. A draw that happens to
    miss a class of the set takes the mean over the other classes.
    """
    num_classes = probs_NK.shape[1]
    sums_to_1 = num_classes == 2 or np.allclose(1, probs_NK.sum(axis=1))
    if len(np.unique(true_N)) < num_classes or not sums_to_1:
        return np.zeros(len(weights_DN))
    classes = [1] if num_classes == 2 else range(num_classes)
    auc_CD = np.stack([binary_auc(true_N == c, probs_NK[:, c], weights_DN) for c in classes])
    defined_CD = np.isfinite(auc_CD)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nansum(auc_CD, axis=0) / defined_CD.sum(axis=0))


def classification_scores(
    true_N: Labels, probs_NK: Floats, weights_DN: Floats
) -> dict[str, Floats]:
    """Return `accuracy`, `macro_f1`, `weighted_f1`, `mcc` and `auc` of each draw.

    The predicted class is the one of the greatest probability, the first of equals.
    """
    predicted_N = probs_NK.argmax(axis=1)
    table_DTP = confusion(true_N, predicted_N, probs_NK.shape[1], weights_DN)
    return {**confusion_scores(table_DTP), "auc": auc(true_N, probs_NK, weights_DN)}
