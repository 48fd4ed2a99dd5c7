"""Parts of a training set: nested, in whole groups, with every class, the same for all models."""

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.finetune.fraction import nested_fraction, nested_rows
from pipeline.io.images import encode_png
from pipeline.io.samples import read_samples
from pipeline.io.shards import open_shard
from tests.finetune.discs import FOUR_TYPES, write_splits

FRACTIONS = (0.01, 0.1, 0.3, 0.6, 1.0)
ROWS = st.lists(
    st.tuples(st.integers(0, 15).map("patient{}".format), st.frozensets(st.integers(0, 4))),
    min_size=1,
    max_size=80,
)
Rows = list[tuple[str, frozenset[int]]]


def _part(rows: Rows, fraction: float, seed: int = 1) -> list[int]:
    return nested_rows([group for group, _ in rows], [shown for _, shown in rows], fraction, seed)


@settings(deadline=None)
@given(ROWS, st.lists(st.floats(0.001, 1), min_size=2, max_size=6), st.integers(0, 9))
def test_a_smaller_share_is_part_of_a_larger_one(
    rows: Rows, fractions: list[float], seed: int
) -> None:
    parts = [set(_part(rows, fraction, seed)) for fraction in sorted(fractions)]
    assert all(small <= large for small, large in pairwise(parts))
    assert _part(rows, 1.0, seed) == list(range(len(rows)))


@settings(deadline=None)
@given(ROWS, st.sampled_from(FRACTIONS))
def test_a_part_has_whole_groups_every_class_and_no_group_too_many(
    rows: Rows, fraction: float
) -> None:
    part = _part(rows, fraction)
    chosen = [rows[row] for row in part]
    sizes = Counter(group for group, _ in rows)
    assert Counter(group for group, _ in chosen) == {
        group: sizes[group] for group in {group for group, _ in chosen}
    }
    every = frozenset().union(*(shown for _, shown in rows))
    assert frozenset().union(*(shown for _, shown in chosen)) == every
    assert len(part) >= max(1, fraction * len(rows))
    # Either every group brings a class of its own, or the last one was needed for the number.
    groups = {group for group, _ in chosen}
    assert len(groups) <= len(every) or any(
        len(part) - sizes[group] < fraction * len(rows) for group in groups
    )


@settings(deadline=None)
@given(ROWS, st.sampled_from(FRACTIONS), st.randoms())
def test_a_part_does_not_depend_on_the_order_of_the_rows(
    rows: Rows, fraction: float, random: Random
) -> None:
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = _part([rows[row] for row in order], fraction)
    assert sorted(order[row] for row in shuffled) == _part(rows, fraction)


def test_another_seed_chooses_another_part() -> None:
    rows: Rows = [(f"patient{number}", frozenset({0})) for number in range(40)]
    assert _part(rows, 0.3, 1) != _part(rows, 0.3, 2)


def test_tasks_with_the_same_patients_use_the_same_ones() -> None:
    patients = [f"patient{number}" for number in range(40)]
    one: Rows = [(patient, frozenset({0})) for patient in patients]
    two: Rows = [(patient, frozenset()) for patient in patients for _ in range(2)]
    chosen = {one[row][0] for row in _part(one, 0.3)}
    assert {two[row][0] for row in _part(two, 0.3)} == chosen


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_a_task_has_one_part_in_every_unit_and_at_every_size(
    tmp_path: Path, fraction: float
) -> None:
    paths = write_splits(tmp_path)["train"]
    together = read_samples(paths, 32)
    for task, path in zip(FOUR_TYPES, paths, strict=True):
        alone = nested_fraction(read_samples([path], 16)[task], fraction, 3)
        assert nested_fraction(together[task], fraction, 3).keys == alone.keys
        assert len(alone) >= max(1, fraction * len(together[task]))


def test_a_class_of_one_pixel_counts_although_resizing_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with open_shard(path) as shard:
        for number in range(20):
            mask = np.zeros((64, 64), np.uint8)
            mask[8:40, 8:40] = 1
            mask[1, 1] = 2 if number == 7 else 0
            described = {"task": "cervix_multi", "height": 64, "width": 64, "group": f"g{number}"}
            parts = {"image.png": encode_png(mask), "mask.png": encode_png(mask)}
            shard.add(f"s{number:02d}", {**parts, "json": json.dumps(described).encode()})
    samples = read_samples([path], 16)["cervix_multi"]
    assert samples.masks_NHW is not None
    assert samples.masks_NHW.max() == 1
    part = nested_fraction(samples, 0.05, 1)
    assert "s07" in part.keys
    assert len(part) <= 2
