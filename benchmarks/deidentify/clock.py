"""What a measured program reports of itself. Standard library only: other tools' Pythons run it."""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def cpu_seconds() -> float:
    """Return what this process and its finished children have used of the processor."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def timed(work: Callable[[], Any]) -> dict[str, float]:
    """Do the work; return how long it took by the wall's clock and by the processor's."""
    gc.freeze()  # as a job of the study does after its imports; every tool gets it
    wall, cpu = time.perf_counter(), cpu_seconds()
    work()
    return {"wall_s": time.perf_counter() - wall, "cpu_s": cpu_seconds() - cpu}


def dicom_files(folder: Path) -> list[Path]:
    """Return the files to clean, in the order in which every tool gets them."""
    return sorted(folder.rglob("*.dcm"))


def each_file(
    files: list[Path], out: Path, clean: Callable[[Path, Path], Any], warm_up: int
) -> dict[str, float]:
    """Clean file by file into `out`, after a first `warm_up` files that are not timed.

    The first files pay for imports and tables, once in a process. A file on which the tool raises
    is counted, and its time too.
    """
    failed = 0

    def clean_all(chosen: list[Path]) -> None:
        nonlocal failed
        failed = 0
        for number, path in enumerate(chosen):
            try:
                clean(path, out / f"{number:05d}.dcm")
            except Exception:
                failed += 1

    clean_all(files[:warm_up])
    return {"files": len(files), **timed(lambda: clean_all(files)), "failed": failed}


def report(result: dict[str, Any]) -> None:
    """Print the result as the last line of the program's output."""
    sys.stdout.flush()
    print(json.dumps(result), flush=True)
