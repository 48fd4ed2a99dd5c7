"""Sampling: fair, seeded, nested."""

from collections import Counter
from itertools import islice, pairwise

import numpy as np
import pytest

from pipeline.finetune.batches import batch_rows, nested_fraction, task_order
from pipeline.io.samples import TaskSamples, read_samples
from tests.finetune.discs import CLASSIFICATION, write_discs


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> TaskSamples:
    folder = tmp_path_factory.mktemp("discs")
    return read_samples([write_discs(folder / "a.tar", CLASSIFICATION, 40)], 16)[CLASSIFICATION]


@pytest.mark.parametrize("count", [3, 8, 20])
def test_every_row_is_used_once_per_epoch(count: int) -> None:
    drawn = np.concatenate(list(islice(batch_rows(count, 8, "task", seed=1), 3 * count)))
    epochs = drawn[: len(drawn) // count * count].reshape(-1, count)
    assert (np.sort(epochs, axis=1) == np.arange(count)).all()


def test_the_order_of_a_task_does_not_depend_on_the_unit() -> None:
    alone = [rows.tolist() for rows in islice(batch_rows(20, 8, "a", seed=1), 5)]
    again = [rows.tolist() for rows in islice(batch_rows(20, 8, "a", seed=1), 5)]
    other = [rows.tolist() for rows in islice(batch_rows(20, 8, "b", seed=1), 5)]
    assert alone == again != other


def test_each_task_gets_exactly_its_steps() -> None:
    order = list(task_order(("a", "b", "c"), 10, seed=1))
    assert Counter(order) == {"a": 10, "b": 10, "c": 10}
    assert order != ["a", "b", "c"] * 10


def test_fractions_are_nested_whole_groups_with_every_class(samples: TaskSamples) -> None:
    parts = [nested_fraction(samples, f, CLASSIFICATION) for f in (0.05, 0.1, 0.3, 0.6, 1.0)]
    keys = [set(part.keys) for part in parts]
    assert all(small <= large for small, large in pairwise(keys))
    assert keys[-1] == set(samples.keys)
    for part, fraction in zip(parts, (0.05, 0.1, 0.3, 0.6, 1.0), strict=True):
        assert part.labels_N is not None
        assert set(part.labels_N) == {0, 1}
        assert fraction * 40 <= len(part) <= max(4, fraction * 40 + 2)
        counts = Counter(part.groups)
        assert all(samples.groups.count(group) == n for group, n in counts.items())
