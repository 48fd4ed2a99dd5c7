"""Work is done side by side, in the order given; a killed process is told with its remedy."""

import os
import signal
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.io.workers import side_by_side

KEY = "ingest.workers"


def _square(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_results_come_in_the_order_of_tasks(workers: int) -> None:
    results = list(side_by_side(_square, range(40), workers, KEY))
    assert [(task, square) for task, (square, _) in results] == [(n, n * n) for n in range(40)]
    assert (os.getpid() in {process for _, (_, process) in results}) == (workers == 1)


def test_few_tasks_are_taken_ahead() -> None:
    taken = iter(range(1000))
    results = side_by_side(_square, taken, 2, KEY)
    next(results)
    assert next(taken) < 10
    results.close()  # type: ignore[attr-defined]


class Held:
    """Something large that a process is to take over once, not with every task."""

    pickled = 0

    def __getstate__(self) -> dict[str, int]:
        Held.pickled += 1
        return {}

    def name(self, path: Path) -> str:
        return path.name


def test_what_the_work_holds_is_not_sent_with_each_task() -> None:
    tasks = [Path("a") / str(number) for number in range(20)]
    names = [name for _, name in side_by_side(Held().name, tasks, 2, KEY)]
    assert names == [path.name for path in tasks]
    assert Held.pickled <= 2


def _end(number: int) -> int:
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_a_killed_process_is_told_with_the_parameter() -> None:
    with pytest.raises(StudyError, match=r"ingest\.workers: a process .* use fewer"):
        list(side_by_side(_end, range(10), 2, KEY))
