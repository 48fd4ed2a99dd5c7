"""Uncertainty by resampling patients: weights per draw, weighted means, percentile intervals.

A draw takes as many groups as there are, with replacement, and all images of each: a group drawn
twice counts twice. Images of one patient or clip are alike, so drawing single images would give
intervals that are too narrow. Row 0 of `weights_DN` is the test set as it is, so one vectorised
formula gives both the value and all its draws.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def resampling_weights(groups: Sequence[str], draws: int, random: np.random.Generator) -> Floats:
    """Return `weights_DN`, D = 1 + draws: how often each image counts in each draw."""
    _, group_of_image_N = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    count = int(group_of_image_N.max()) + 1
    times_DG = random.multinomial(count, np.full(count, 1 / count), size=draws)
    drawn_DN = times_DG[:, group_of_image_N]
    return np.vstack([np.ones((1, len(groups))), drawn_DN])


def weighted_mean(values_N: Floats, weights_DN: Floats) -> Floats:
    """Return the mean of `values_N` in each draw; not a number where a draw holds no image."""
    total_D = weights_DN.sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray((weights_DN @ values_N) / total_D)


def percentile_interval(scores_D: Floats, confidence: float) -> tuple[float, float]:
    """Return the interval that holds the middle `confidence` of the draws after row 0.

    Draws in which a metric is undefined are left out; if it is in all, so are both ends.
    """
    drawn = scores_D[1:][np.isfinite(scores_D[1:])]
    if not len(drawn):
        return math.nan, math.nan
    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(drawn, [tail, 100 - tail])
    return float(low), float(high)


def is_clear(low: float, high: float) -> bool:
    """Say whether an interval of a difference excludes zero.

    One without width does not: when no draw differs from another, as with very few patients, the
    draws tell nothing of the uncertainty.
    """
    return low < high and (low > 0 or high < 0)
