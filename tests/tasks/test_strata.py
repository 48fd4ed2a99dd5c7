from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tasks.samples import Label
from pipeline.tasks.strata import Traits, classes_of, describe, sizes_of

AREAS = st.lists(st.floats(0, 1), min_size=1, max_size=60)


def test_traits_of_each_type_of_label() -> None:
    mask = np.zeros((4, 5), np.uint8)
    mask[0, :3], mask[1, 0] = 2, 3
    assert describe(Label(mask=mask), mask.shape) == Traits((2, 3), 4 / 20)
    assert describe(Label(label=3), (4, 5, 3)) == Traits((3,), None)
    assert describe(Label(box=(0, 0, 2.5, 2)), (4, 5)) == Traits((), 5 / 20)
    points = ((1.0, 0.0), (0.0, 0.0), (0.0, 2.0))
    assert describe(Label(points=points), (4, 5)) == Traits((0, 2), None)


@settings(deadline=None)
@given(AREAS)
def test_sizes_are_ordered_thirds_of_what_is_not_empty(areas: list[float]) -> None:
    sizes = [size for (size,) in sizes_of(["t"] * len(areas), [Traits((), area) for area in areas])]
    places = ["size none", "size small", "size medium", "size large"]
    ranked = [places.index(size) for _, size in sorted(zip(areas, sizes, strict=True))]
    assert ranked == sorted(ranked)
    assert all(
        (area == 0) == (size == "size none") for area, size in zip(areas, sizes, strict=True)
    )
    if len(set(areas)) == len(areas) and min(areas) > 0:
        counts = Counter(sizes)
        assert max(counts[place] for place in places[1:]) <= len(areas) / 3 + 1


@settings(deadline=None)
@given(AREAS, AREAS)
def test_sizes_of_a_task_do_not_depend_on_other_tasks(one: list[float], other: list[float]) -> None:
    traits = [Traits((), area) for area in one + other]
    tasks = ["one"] * len(one) + ["other"] * len(other)
    assert sizes_of(tasks, traits)[: len(one)] == sizes_of(tasks[: len(one)], traits[: len(one)])


@pytest.mark.parametrize("traits", [Traits((1,)), Traits((0, 2), None)])
def test_a_label_without_area_has_no_size(traits: Traits) -> None:
    assert sizes_of(["t"], [traits]) == [()]
    assert classes_of(traits) == tuple(f"class {index}" for index in traits.classes)
