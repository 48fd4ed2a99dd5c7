"""Read every labelled row, account for it, and draw one split across all tasks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pipeline.io.atomic import write_json, write_text
from pipeline.io.batches import discard_batches
from pipeline.io.hashing import sha256_bytes
from pipeline.io.tables import write_table
from pipeline.step import Job
from pipeline.tasks.catalogue import catalogue_text
from pipeline.tasks.clips import Clips, clips, patient_of
from pipeline.tasks.counts import counts_of
from pipeline.tasks.enough import check_any, check_tasks
from pipeline.tasks.fingerprint import views_of_bytes
from pipeline.tasks.left_out import leave_out
from pipeline.tasks.params import TasksParams
from pipeline.tasks.partition import Linked, link_rows, split_linked
from pipeline.tasks.reading import Archive, Reading, archive_of
from pipeline.tasks.set_aside import write_set_aside
from pipeline.tasks.sort_out import Used, sort_out
from pipeline.tasks.strata import Traits
from pipeline.tasks.tables import TASKS


@dataclass(frozen=True)
class Plan:
    """Where the plan's artifacts go.

    `set_aside` is a copy of the quarantine table as CSV that stays when planning fails: the
    workflow removes the artifacts of a failed job.
    """

    tasks: Path
    quarantine: Path
    leakage: Path
    counts: Path
    catalogue: Path
    set_aside: Path


def _linked(used: Sequence[Used], origins: Clips, params: TasksParams, archive: Archive) -> Linked:
    """Return the table of samples with their groups."""
    obeyed = params.published_splits == "use"
    rows = pd.DataFrame(
        {
            "task": [row.entry.task.id for row in used],
            "sample": [row.entry.sample for row in used],
            "clip": [_hashed(origin) for origin in origins.names],
            "patient": [_hashed(patient_of(row.entry.row.text("patient"))) for row in used],
            "image_sha256": [row.found["image_sha256"] for row in used],
            "height": [row.found["height"] for row in used],
            "width": [row.found["width"] for row in used],
            "held_out": [archive.known.is_held_out(row.entry) for row in used],
            "published": [row.entry.published_split if obeyed else "" for row in used],
            "archive": [row.entry.row.archive for row in used],
            "csv": [row.entry.row.csv for row in used],
            "row": [row.entry.row.number for row in used],
        }
    ).astype({"held_out": bool})
    traits = [Traits(tuple(row.found["classes"]), row.found["area"]) for row in used]
    fingerprints = {
        row.found["image_sha256"]: views_of_bytes(row.found["fingerprint"]) for row in used
    }
    order = list(archive.tasks)
    return link_rows(rows, traits, fingerprints, params.near_duplicate_correlation, order)


def _hashed(name: str) -> str:
    """Return what stands for a patient or clip in tables; "" where it is unknown."""
    return sha256_bytes(name.encode())[:16] if name else ""


def _shares(params: TasksParams) -> dict[str, float]:
    held_out = {"val": params.val_fraction, "test": params.test_fraction}
    return {"train": 1 - sum(held_out.values()), **held_out}


def plan_tasks(
    params: TasksParams,
    seed: int,
    roots: Sequence[Path],
    plan: Plan,
    resume: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Account for every row below the `csv_files` of the folders and split the usable ones.

    Writes the table of samples (TASKS), the rows that are set aside (QUARANTINE), the leakage
    report, the counts and the study's catalogue, and returns the main counts. What was read is
    kept in the folder `resume` until all is done: the same call after a kill goes on from there.
    Raises StudyError when no row can be used, or a task cannot be split.
    """
    archive = archive_of(params, roots)
    reading = Reading(params.workers, params.batch_rows, resume)
    refusals = params.refusals()
    found = sort_out(archive, reading, refusals, progress)
    quarantine = write_set_aside(found.refused, plan.quarantine, plan.set_aside)
    check_any(found.used, found.refused, plan.set_aside)
    progress(f"linking {len(found.used)} rows")
    origins = clips([row.entry for row in found.used], params.max_clip_share)
    every = _linked(found.used, origins, params, archive)
    linked, left_out = leave_out(every, found.used, params, archive)
    if left_out:
        refused = found.refused + left_out
        quarantine = write_set_aside(refused, plan.quarantine, plan.set_aside)
        check_any(linked.rows.index, refused, plan.set_aside)
    running = origins.running_numbers
    if running:
        progress(
            f"{len(running)} name prefixes of {sum(running.values())} rows are taken for running "
            "numbers, not for clips (tasks.max_clip_share; a column `patient` decides better)"
        )
    progress(f"{found.rows} rows read, {len(linked.rows)} used, {len(quarantine)} set aside")
    if found.unmatched_lines:
        lines = ", ".join(map(str, found.unmatched_lines))
        progress(f"tasks.exclude_file: no image, or more than one, fits lines {lines}")
    splits, report = split_linked(linked, _shares(params), seed, list(archive.tasks))
    rows = linked.rows.assign(split=splits)
    check_tasks(rows, linked.traits, quarantine, archive.tasks, plan.set_aside)
    counts = counts_of(found.rows, rows, quarantine, list(archive.tasks))
    unmatched = list(found.unmatched_lines)
    counts["exclude_file"] = {"lines": len(refusals), "unmatched_lines": unmatched}
    write_table(rows[TASKS.names].sort_values(["task", "sample"]), TASKS, plan.tasks)
    report["running_numbers"] = {"prefixes": len(running), "rows": sum(running.values())}
    write_json(plan.leakage, report)
    write_json(plan.counts, counts)
    write_text(plan.catalogue, catalogue_text(archive.tasks))
    discard_batches(resume)
    return {
        "rows_read": found.rows,
        "rows_used": len(rows),
        "rows_quarantined": len(quarantine),
        "groups": report["groups"],
        "test_rows_leaked_split_by_image": report["test_rows_leaked"]["split_by_image"],
    }


def main() -> None:
    """Run the step on the folders at `local.raw_tasks`; `local.resume` keeps what was read."""
    with Job.from_command_line() as job:
        names = ("tasks", "quarantine", "leakage", "counts", "catalogue")
        counts = plan_tasks(
            job.section(TasksParams),
            job.seed,
            [Path(folder) for folder in job.value("local.raw_tasks")],
            Plan(
                **{name: job.output(name) for name in names},
                set_aside=Path(job.value("local.set_aside")),
            ),
            Path(job.value("local.resume")),
            job.progress,
        )
        job.log_metrics(counts)


if __name__ == "__main__":
    main()
