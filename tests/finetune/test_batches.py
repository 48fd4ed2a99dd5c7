"""Sampling: fair and seeded."""

from collections import Counter
from itertools import islice

import numpy as np
import pytest

from pipeline.finetune.batches import batch_rows, task_order


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
