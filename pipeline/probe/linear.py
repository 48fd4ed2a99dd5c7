"""Linear models on frozen features: logistic regression and ridge regression."""

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

Floats = npt.NDArray[np.float64]
MAX_ITERATIONS = 3000  # a bound, far beyond what patches that are much alike need


class Standardiser:
    """Shifts and scales features to mean 0 and deviation 1 over the training rows."""

    def __init__(self, train_NF: Floats) -> None:
        self._mean, self._std = train_NF.mean(axis=0), train_NF.std(axis=0).clip(1e-6)

    def __call__(self, x_NF: Floats) -> Floats:
        """Return standardised rows."""
        scaled_NF: Floats = (x_NF - self._mean) / self._std
        return scaled_NF


def logistic(train_NF: Floats, targets_NK: Floats, query_MF: Floats, penalty: float) -> Floats:
    """Return class probabilities `MK`; a class that was never seen in training gets 0.

    A row's class is the largest of its targets.
    """
    labels_N = targets_NK.argmax(axis=1)
    present = np.unique(labels_N)
    probs_MK = np.zeros((len(query_MF), targets_NK.shape[1]))
    if len(present) == 1:
        probs_MK[:, present[0]] = 1
        return probs_MK
    scale = Standardiser(train_NF)
    model = LogisticRegression(C=1 / penalty, max_iter=MAX_ITERATIONS)
    model.fit(scale(train_NF), labels_N)
    probs_MK[:, present] = model.predict_proba(scale(query_MF))
    return probs_MK


def ridge(train_NF: Floats, targets_NC: Floats, query_MF: Floats, penalty: float) -> Floats:
    """Return ridge predictions `MC`, by the dual form: features may outnumber rows.

    `penalty` counts per feature. Rows with NaN in a target column are left out of that column.
    """
    scale = Standardiser(train_NF)
    x_NF, q_MF = scale(train_NF), scale(query_MF)
    output_MC = np.zeros((len(query_MF), targets_NC.shape[1]))
    for column, target_N in enumerate(targets_NC.T):
        known = ~np.isnan(target_N)
        if not known.any():
            continue
        x, mean = x_NF[known], target_N[known].mean()
        kernel = x @ x.T + penalty * x.shape[1] * np.eye(len(x))
        output_MC[:, column] = q_MF @ (x.T @ np.linalg.solve(kernel, target_N[known] - mean)) + mean
    return output_MC
