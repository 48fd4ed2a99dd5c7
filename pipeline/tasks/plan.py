"""Read every labelled row, account for it, and draw one split across all tasks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image
from pipeline.io.tables import write_table
from pipeline.step import Job
from pipeline.tasks.catalogue import Task, load_catalogue
from pipeline.tasks.challenge import Entry, Row, parse_row, read_rows
from pipeline.tasks.clips import clips
from pipeline.tasks.defects import Defect
from pipeline.tasks.fingerprint import fingerprint
from pipeline.tasks.params import TasksParams
from pipeline.tasks.partition import partition
from pipeline.tasks.room import SPLITS
from pipeline.tasks.samples import read_sample
from pipeline.tasks.strata import Traits, describe
from pipeline.tasks.tables import QUARANTINE, TASKS

PROGRESS_EVERY = 1000


@dataclass(frozen=True)
class _Used:
    """A usable row, what its label tells, and how its image is found again."""

    entry: Entry
    traits: Traits
    fingerprint: Image
    image_sha256: str
    height: int
    width: int


@dataclass(frozen=True)
class _Rejected:
    row: Row
    task: str | None
    defect: Defect


def _use(row: Row, root: Path, catalogue: Mapping[str, Task], seen: set[tuple[str, str]]) -> _Used:
    """Read a row's image and label; raise Defect when it cannot be used."""
    entry = parse_row(row, catalogue)
    if (entry.task.id, entry.sample) in seen:
        raise Defect("duplicate_row", "an earlier row lists this image for this task")
    sample = read_sample(entry, root)
    height, width = sample.image.shape[:2]
    traits = describe(sample.label, sample.image.shape)
    return _Used(entry, traits, fingerprint(sample.image), sample.image_sha256, height, width)


def _checked(
    root: Path, catalogue: Mapping[str, Task], progress: Callable[[str], None]
) -> Iterator[_Used | _Rejected]:
    """Yield a verdict on every row; only one image is held at a time."""
    seen: set[tuple[str, str]] = set()
    for count, row in enumerate(read_rows(root), start=1):
        try:
            used = _use(row, root, catalogue, seen)
        except Defect as defect:
            known = row.fields["task_id"].strip()
            yield _Rejected(row, known if known in catalogue else None, defect)
        else:
            seen.add((used.entry.task.id, used.entry.sample))
            yield used
        if count % PROGRESS_EVERY == 0:
            progress(f"{count} rows read")


def _check_splits(rows: pd.DataFrame, catalogue: Mapping[str, Task]) -> None:
    """Raise StudyError when a task lacks a split."""
    for task in catalogue:
        missing = set(SPLITS) - set(rows.loc[rows["task"] == task, "split"])
        if missing:
            raise StudyError(
                f"task {task}: no image for {', '.join(sorted(missing))}; beside one patient or "
                "clip per class for train, the labelled data needs one for val and one for test "
                "(rows that cannot be used are listed in the quarantine table)"
            )


def _planned(
    used: list[_Used], params: TasksParams, seed: int, catalogue: Mapping[str, Task]
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the table of samples with their groups and splits, and the leakage report."""
    origins = clips([row.entry for row in used], params.max_clip_share)
    rows = pd.DataFrame(
        {
            "task": [row.entry.task.id for row in used],
            "sample": [row.entry.sample for row in used],
            "clip": [sha256_bytes(origin.encode())[:16] for origin in origins],
            "image_sha256": [row.image_sha256 for row in used],
            "height": [row.height for row in used],
            "width": [row.width for row in used],
            "csv": [row.entry.row.csv for row in used],
            "row": [row.entry.row.number for row in used],
        }
    )
    rows["patient"] = [row.entry.row.fields.get("patient", "").strip() for row in used]
    rows["official_test"] = False
    held_out = {"val": params.val_fraction, "test": params.test_fraction}
    drawn = partition(
        rows,
        [row.traits for row in used],
        {row.image_sha256: row.fingerprint for row in used},
        shares={"train": 1 - sum(held_out.values()), **held_out},
        least_correlation=params.near_duplicate_correlation,
        seed=seed,
        order=list(catalogue),
    )
    rows["group"], rows["split"] = drawn.groups, drawn.splits
    _check_splits(rows, catalogue)
    return rows, drawn.report


def _quarantine_rows(rejected: list[_Rejected]) -> list[dict[str, object]]:
    return [
        {
            "csv": item.row.csv,
            "row": item.row.number,
            "task": item.task,
            "reason": item.defect.reason,
            "detail": item.defect.detail,
        }
        for item in rejected
    ]


def plan_tasks(
    params: TasksParams,
    seed: int,
    catalogue: Mapping[str, Task],
    root: Path,
    *,
    tasks: Path,
    quarantine: Path,
    leakage: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Account for every row below `root/csv_files` and split the usable ones.

    Writes the table of samples (TASKS), the rejected rows (QUARANTINE) and the leakage report,
    and returns counts. Raises StudyError when a task cannot be split.
    """
    used: list[_Used] = []
    rejected: list[_Rejected] = []
    for verdict in _checked(root, catalogue, progress):
        if isinstance(verdict, _Used):
            used.append(verdict)
        else:
            rejected.append(verdict)
    if not used:
        raise StudyError("no row of the labelled data can be used; check tasks.path")
    write_table(_quarantine_rows(rejected), QUARANTINE, quarantine)
    rows, report = _planned(used, params, seed, catalogue)
    across = [kind["across_splits"] for kind in report["links"].values()]
    if report["groups_across_splits"] or any(across):
        raise StudyError("a patient, clip or image is in two splits; this is a defect of the split")
    write_table(rows.sort_values(["task", "sample"]), TASKS, tasks)
    accounted = {
        "read": len(used) + len(rejected),
        "used": len(used),
        "quarantined": dict(Counter(item.defect.reason for item in rejected)),
    }
    write_json(leakage, {**report, "accounted": accounted})
    return {
        "rows_read": accounted["read"],
        "rows_used": len(used),
        "rows_quarantined": len(rejected),
        "groups": report["groups"],
        "test_rows_leaked_split_by_image": report["test_rows_leaked"]["split_by_image"],
    }


def main() -> None:
    """Run the step from the command line."""
    with Job.from_command_line() as job:
        counts = plan_tasks(
            job.section(TasksParams),
            job.seed,
            load_catalogue(),
            Path(job.value("local.raw_tasks")),
            tasks=job.output("tasks"),
            quarantine=job.output("quarantine"),
            leakage=job.output("leakage"),
            progress=job.progress,
        )
        job.log_metrics(counts)


if __name__ == "__main__":
    main()
