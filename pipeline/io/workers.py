"""The same work on many things, in processes side by side."""

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any, TypeVar

from pipeline.errors import StudyError

Task = TypeVar("Task")
Result = TypeVar("Result")

WAITING_PER_WORKER = 2
_works: list[Callable[[Any], Any]] = []  # what this process is there for


def side_by_side(
    work: Callable[[Task], Result], tasks: Iterable[Task], workers: int, key: str
) -> Iterator[tuple[Task, Result]]:
    """Yield every task with what `work` returns for it, in the order given.

    Few tasks are taken ahead of the one yielded, so memory does not grow with their number. A
    process takes over `work`, and what it holds, once for all its tasks. Raises StudyError naming
    the params `key` when a process is killed, as by a machine that runs out of memory.
    """
    if workers == 1:
        for task in tasks:
            yield task, work(task)
        return
    waiting: deque[tuple[Task, Future[Result]]] = deque()
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(work,)) as pool:
        try:
            for task in tasks:
                waiting.append((task, pool.submit(_do, task)))
                if len(waiting) > WAITING_PER_WORKER * workers:
                    first, future = waiting.popleft()
                    yield first, future.result()
            for first, future in waiting:
                yield first, future.result()
        except BrokenProcessPool:
            raise StudyError(
                f"{key}: a process that read files was killed, perhaps for want of "
                "memory; use fewer, and run again: what was kept of the work is not done again"
            ) from None


def _begin(work: Callable[[Any], Any]) -> None:
    _works[:] = [work]
    _end_with_parent()


def _do(task: Any) -> Any:
    (work,) = _works
    return work(task)


def _end_with_parent() -> None:
    """End this process when its parent is killed: it would wait for work for ever."""
    parent = parent_process()
    assert parent is not None, "a worker has a parent"

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
