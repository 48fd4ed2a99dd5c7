"""How the jobs behind one number are told: each in a few lines, many of one kind as a sum."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.io.hashing import sha256_json
from pipeline.provenance import Record

FILES_SHOWN = 8  # of one job
JOBS_SHOWN = 3  # that run one module: a control rests on a job of every task
# Given their phase's params like its other steps, these read only what the workflow tells them.
WITHOUT_PARAMS = ("pipeline.finetune.controls",)


def tell_jobs(records: Sequence[Record], task: str) -> Iterator[str]:
    """Yield the lines of some jobs, nearest first.

    `records` are in that order; `task` is the scored one, whose jobs and files come first. Of jobs
    that run one module in greater number, one is shown and the others become a digest.
    """
    kinds: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        kinds[record.module].append(record)
    for module, jobs in kinds.items():
        jobs.sort(key=lambda job: not any(_is_of(path, task) for path in job.outputs))
        shown = jobs if len(jobs) <= JOBS_SHOWN else jobs[:1]
        for job in shown:
            yield ""
            yield f"{job.job}  (python -m {module})"
            yield from _told(job, task)
        if others := jobs[len(shown) :]:
            digest = sha256_json(sorted(job.artifact_sha256 for job in others))
            yield f"  and {len(others)} more such jobs; digest of their artifacts' digests {digest}"


def _is_of(path: str, task: str) -> bool:
    return f"/{task}/" in path


def _told(job: Record, task: str) -> Iterator[str]:
    yield f"  code    {job.code_sha256}  {len(job.code)} files"
    params = dict(_flat(job.params))
    if job.module in WITHOUT_PARAMS:
        params = {key: value for key, value in params.items() if key.startswith("workflow.")}
    yield f"  params  {job.params_sha256}  values: {len(params)}"
    for key in sorted(params):
        yield f"    {key} = {json.dumps(params[key], sort_keys=True)}"
    yield f"  MLflow  tags.`study.artifact_sha256` = '{job.artifact_sha256}'"
    paths = sorted(job.outputs, key=lambda path: (not _is_of(path, task), path))
    for path in paths[:FILES_SHOWN]:
        yield f"  wrote   {job.outputs[path]}  {path}"
    if others := {path: job.outputs[path] for path in paths[FILES_SHOWN:]}:
        yield f"  wrote   {sha256_json(others)}  digest of {len(others)} more files' digests"


def _flat(params: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each single value with its dotted key."""
    for key, value in params.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
