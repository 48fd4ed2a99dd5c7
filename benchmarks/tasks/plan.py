"""Run the plan step once: `python -m benchmarks.tasks.plan ARCHIVE OUT WORKERS`."""

import resource
import sys
from pathlib import Path
from typing import Any

from benchmarks.deidentify.clock import report, timed
from benchmarks.tasks.corpora import params_section
from pipeline.tasks.params import TasksParams
from pipeline.tasks.plan import Plan, plan_tasks

FILES = {
    "tasks": "tasks.parquet",
    "quarantine": "quarantine.parquet",
    "leakage": "leakage.json",
    "counts": "counts.json",
    "catalogue": "catalogue.csv",
    "set_aside": "set_aside.csv",
}


def measure(archive: Path, out: Path, workers: int) -> dict[str, Any]:
    """Return what planning the archive took; memory is that of all processes at their peaks."""
    params = TasksParams(**params_section("tasks") | {"workers": workers})
    files = Plan(**{name: out / file for name, file in FILES.items()})
    counts: dict[str, float] = {}
    spent = timed(lambda: counts.update(plan_tasks(params, 1, [archive], files, out / "resume")))
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        **{name: round(value, 1) for name, value in spent.items()},
        "peak_mib": round(own),
        "worker_peak_mib": round(child),
        "peak_mib_of_all": round(own + (workers if workers > 1 else 0) * child),
        **counts,
    }


if __name__ == "__main__":
    report(measure(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
