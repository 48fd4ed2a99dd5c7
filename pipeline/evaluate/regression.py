"""Mean radial error as the challenge's `evaluate.py` computes it, and over true landmarks only."""

import numpy as np

from pipeline.evaluate.bootstrap import Floats


def radial_error(true_NK2: Floats, predicted_NK2: Floats) -> Floats:
    """Return each image's mean distance over its landmarks, in pixels of the original image.

    A landmark that was not annotated stands at (0, 0) and counts like any other: the challenge
    leaves none out.
    """
    return np.asarray(np.linalg.norm(true_NK2 - predicted_NK2, axis=2).mean(axis=1))


def annotated_error(true_NK2: Floats, predicted_NK2: Floats) -> Floats:
    """Return each image's mean distance over its annotated landmarks; not a number if it has none.

    One that stands at (0, 0) was not annotated.
    """
    distance_NK = np.linalg.norm(true_NK2 - predicted_NK2, axis=2)
    annotated_NK = (true_NK2 != 0).any(axis=2)
    with np.errstate(invalid="ignore"):
        return np.asarray(
            np.where(annotated_NK, distance_NK, 0).sum(axis=1) / annotated_NK.sum(axis=1)
        )
