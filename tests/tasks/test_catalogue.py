from collections import Counter
from typing import get_args

import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.strategies import Strategy, units_of


def test_the_catalogue_is_the_challenges_27_tasks() -> None:
    tasks = load_catalogue()
    types = Counter(task.type for task in tasks.values())
    assert types == {"segmentation": 12, "classification": 9, "detection": 3, "regression": 3}
    assert all(name == task.id for name, task in tasks.items())


def test_every_class_and_landmark_has_its_own_label() -> None:
    for task in load_catalogue().values():
        assert len(set(task.labels)) == task.num_classes, task.id
        assert (task.labels[0] == "background") == (task.type == "segmentation"), task.id


@pytest.mark.parametrize("strategy", get_args(Strategy))
def test_every_task_is_in_exactly_one_unit(strategy: Strategy) -> None:
    members = [task for unit in units_of(strategy).values() for task in unit]
    assert sorted(members) == sorted(load_catalogue())


def test_units_are_named_after_what_they_hold() -> None:
    tasks = load_catalogue()
    assert all(unit == (name,) for name, unit in units_of("task-specific").items())
    for group, members in units_of("clinical-groups").items():
        assert {tasks[member].group for member in members} == {group}
    assert list(units_of("all-tasks")) == ["all"]
