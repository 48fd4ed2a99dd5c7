"""Strategies: the rules that form units, the sets of tasks trained together in one model."""

from collections.abc import Mapping
from typing import Literal

from pipeline.tasks.catalogue import Task

Strategy = Literal["task-specific", "clinical-groups", "all-tasks"]


def units_of(strategy: Strategy, tasks: Mapping[str, Task]) -> dict[str, tuple[str, ...]]:
    """Return the task ids of each unit of a strategy, by unit name.

    `task-specific` gives one unit per task, named as the task; `clinical-groups` one per clinical
    group of the catalogue; `all-tasks` the single unit `all`. Every task is in exactly one unit.
    """
    match strategy:
        case "task-specific":
            return {task_id: (task_id,) for task_id in tasks}
        case "clinical-groups":
            groups = dict.fromkeys(task.group for task in tasks.values())
            return {
                group: tuple(task.id for task in tasks.values() if task.group == group)
                for group in groups
            }
        case "all-tasks":
            return {"all": tuple(tasks)}
