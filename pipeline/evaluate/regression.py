"""Mean radial error as the challenge's `evaluate.py` computes it."""

import numpy as np

from pipeline.evaluate.bootstrap import Floats, weighted_mean


def radial_error(true_NK2: Floats, predicted_NK2: Floats) -> Floats:
    """Return each image's mean distance over its landmarks, in pixels of the original image.

    A landmark that was not annotated stands at (0, 0) and counts like any other: the challenge
    leaves none out.
    """
    return np.asarray(np.linalg.norm(true_NK2 - predicted_NK2, axis=2).mean(axis=1))


def regression_scores(
    true_NK2: Floats, predicted_NK2: Floats, weights_DN: Floats
) -> dict[str, Floats]:
    """Return `mre`, the mean over images, of each draw."""
    return {"mre": weighted_mean(radial_error(true_NK2, predicted_NK2), weights_DN)}
