import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.evaluate.bootstrap import (
    is_clear,
    percentile_interval,
    resampling_weights,
    weighted_mean,
)
from pipeline.io.seeds import generator

GROUPS = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20)


@given(GROUPS, st.integers(0, 9))
def test_a_draw_takes_whole_groups_as_many_as_there_are(groups: list[str], seed: int) -> None:
    weights_DN = resampling_weights(groups, 20, generator(seed))
    assert weights_DN.shape == (21, len(groups))
    assert (weights_DN[0] == 1).all()
    first_of_group = [groups.index(name) for name in sorted(set(groups))]
    assert (weights_DN[:, first_of_group].sum(axis=1) == len(set(groups))).all()
    for index, name in enumerate(groups):
        assert (weights_DN[:, index] == weights_DN[:, groups.index(name)]).all()


@given(GROUPS, st.integers(0, 9))
def test_weighted_means_equal_a_plain_loop_over_repeated_images(
    groups: list[str], seed: int
) -> None:
    values_N = generator(seed, "values").normal(size=len(groups))
    weights_DN = resampling_weights(groups, 10, generator(seed))
    looped = [np.repeat(values_N, row.astype(int)).mean() for row in weights_DN]
    assert np.allclose(weighted_mean(values_N, weights_DN), looped)


@given(st.integers(0, 200))
def test_the_interval_of_a_mean_holds_the_mean(seed: int) -> None:
    values_N = generator(seed, "values").normal(size=12)
    weights_DN = resampling_weights([str(index) for index in range(12)], 300, generator(seed))
    scores_D = weighted_mean(values_N, weights_DN)
    low, high = percentile_interval(scores_D, 0.95)
    assert low < scores_D[0] < high


def test_the_interval_leaves_out_undefined_draws() -> None:
    scores_D = np.array([5.0, 1.0, np.nan, 3.0, 2.0])
    assert percentile_interval(scores_D, 0.5) == (1.5, 2.5)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_an_interval_that_touches_zero_or_has_no_width_is_not_clear(one: float, two: float) -> None:
    low, high = sorted((one, two))
    assert is_clear(low, high) == (low < high and not low <= 0 <= high)
    assert not is_clear(low, low)
    assert not is_clear(math.nan, math.nan)


def test_patients_with_many_alike_images_widen_the_interval() -> None:
    values_N = np.repeat(generator(3).normal(size=6), 10)
    patients = [str(index // 10) for index in range(60)]
    images = [str(index) for index in range(60)]
    widths = []
    for groups in (patients, images):
        weights_DN = resampling_weights(groups, 500, generator(4))
        low, high = percentile_interval(weighted_mean(values_N, weights_DN), 0.95)
        widths.append(high - low)
    assert widths[0] > 2 * widths[1]
