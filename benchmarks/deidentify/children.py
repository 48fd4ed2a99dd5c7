"""Run one measured program at a time, on one core and one thread, in a process of its own."""

import json
import os
import statistics
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Result = dict[str, Any]


class Absent(Exception):  # noqa: N818
    """A tool that is not there, or cannot do the work: it is not measured."""


def run(command: Sequence[str | Path], cores: int = 1) -> Result:
    """Run a program on the first `cores` cores; return the JSON of the last line that it printed.

    Raises Absent with the last line of its complaint.
    """
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=os.environ | dict.fromkeys(THREADS, "1"),
        preexec_fn=partial(os.sched_setaffinity, 0, allowed),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise Absent((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def repeat(measures: dict[str, Callable[[], Result]], times: int) -> dict[str, Result]:
    """Measure everything `times` times in turns; return medians, and what was not measured.

    In turns, so that what else the machine does meets all of them alike.
    """
    found: dict[str, list[Result]] = {name: [] for name in measures}
    absent: dict[str, Result] = {}
    for turn in range(times):
        for name, measure in measures.items():
            if name in absent:
                continue
            print(f"  {name}, {turn + 1} of {times}", flush=True)
            try:
                found[name].append(measure())
            except Absent as reason:
                absent[name] = {"not_measured": str(reason)}
    return {name: absent.get(name) or _median(found[name]) for name in measures}


def _median(results: list[Result]) -> Result:
    """Return the median of each number, and all repeats of the times."""
    middle: Result = {
        name: statistics.median(result[name] for result in results) for name in results[0]
    }
    for name in ("wall_s", "cpu_s"):
        if name in middle:
            middle[f"{name}_repeats"] = [round(result[name], 3) for result in results]
            middle[name] = round(middle[name], 3)
    if middle.get("files") and "wall_s" in middle:
        middle["files_per_s_wall"] = round(middle["files"] / middle["wall_s"], 2)
        middle["files_per_s_cpu"] = round(middle["files"] / middle["cpu_s"], 2)
    return middle
