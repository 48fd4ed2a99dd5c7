"""The only module that imports MLflow: a window on the record, never the record itself.

One parent run per study; one child run per job, tagged with the digests of the audit chain.
Run ids are random, so nothing refers to them: a run is found by its tags.
"""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, Run
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from pipeline.io.hashing import sha256_json
from pipeline.provenance import Record, read_record

EXPERIMENT = "insonate"
# MLflow refuses longer values of a param.
LONGEST_PARAM = 6000
# One request holds at most 1000 metrics.
METRICS_PER_REQUEST = 1000


def prepare(uri: str, study: str) -> Run:
    """Return the study's parent run; create the database, experiment and run where missing.

    Jobs that start together on a fresh database break it, so the workflow calls this alone,
    before any job.
    """
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    experiment_id = (
        experiment.experiment_id if experiment else client.create_experiment(EXPERIMENT, "mlruns")
    )
    tags = {"study.name": study, "study.role": "parent"}
    return _find(client, tags) or client.create_run(
        experiment_id, run_name=study, tags={**tags, **_git_tags()}
    )


def _git_tags() -> dict[str, str]:
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return {"study.git_commit": asked.stdout.strip()} if asked.returncode == 0 else {}


def _find(client: MlflowClient, tags: dict[str, str]) -> Run | None:
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is None:
        return None
    query = " and ".join(f"tags.`{name}` = '{value}'" for name, value in tags.items())
    found = client.search_runs([experiment.experiment_id], query, max_results=1)
    return found[0] if found else None


CHAIN_TAGS = (
    "study.phase",
    "study.job",
    "study.artifact_sha256",
    "study.params_sha256",
    "study.code_sha256",
    "study.inputs_sha256",
    "study.outputs_sha256",
)


def chain_tags(record: Record) -> dict[str, str]:
    """Return the tags by which the audit checks that a run belongs to a record."""
    values = (
        record.phase,
        record.job,
        record.artifact_sha256,
        record.params_sha256,
        record.code_sha256,
        sha256_json(record.inputs),
        sha256_json(record.outputs),
    )
    return dict(zip(CHAIN_TAGS, values, strict=True))


class RunIndex:
    """The chain tags of every finished run of a tracking database, read once."""

    def __init__(self, uri: str) -> None:
        client = MlflowClient(uri)
        experiment = client.get_experiment_by_name(EXPERIMENT)
        self._tags: set[tuple[tuple[str, str], ...]] = set()
        token = None
        while experiment is not None:
            page = client.search_runs(
                [experiment.experiment_id], "attributes.status = 'FINISHED'", page_token=token
            )
            self._tags.update(_chain_part(run.data.tags) for run in page)
            token = page.token
            if not token:
                break

    def has(self, record: Record) -> bool:
        """Say whether a finished run carries every chain tag of this record."""
        return _chain_part(chain_tags(record)) in self._tags


def _chain_part(tags: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, tags.get(name, "")) for name in CHAIN_TAGS)


def _flat(values: Any, prefix: str = "") -> dict[str, str]:
    if isinstance(values, dict):
        flat: dict[str, str] = {}
        for name, value in values.items():
            flat |= _flat(value, f"{prefix}.{name}" if prefix else name)
        return flat
    return {prefix: str(values)[:LONGEST_PARAM]}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _curve_metrics(record: Record, now: int) -> list[Metric]:
    """Read training curves among the outputs.

    Column `step` is the step, every other column of numbers a metric; words in a row, such as
    its task, become part of the metrics' names.
    """
    metrics = []
    for path in sorted(name for name in record.outputs if name.endswith("curve.csv")):
        with Path(path).open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                step = int(row.pop("step"))
                words = [text for text in row.values() if text and _number(text) is None]
                for name, text in row.items():
                    if (value := _number(text)) is not None:
                        metrics.append(Metric("/".join(["curve", name, *words]), value, now, step))
    return metrics


def log_run(uri: str, study: str, record: Record, started: float, ended: float) -> None:
    """Mirror one job's record as a finished MLflow run under the study's parent."""
    client = MlflowClient(uri)
    parent = prepare(uri, study)
    run = client.create_run(
        parent.info.experiment_id,
        start_time=int(started * 1000),
        run_name=record.job,
        tags={
            MLFLOW_PARENT_RUN_ID: parent.info.run_id,
            "study.name": study,
            **chain_tags(record),
            **_git_tags(),
        },
    )
    now = int(ended * 1000)
    metrics = [Metric(name, value, now, 0) for name, value in sorted(record.metrics.items())]
    metrics += _curve_metrics(record, now)
    params = [Param(name, value) for name, value in sorted(_flat(record.params).items())]
    digests = {f"input.{path}": digest for path, digest in record.inputs.items()}
    digests |= {f"output.{path}": digest for path, digest in record.outputs.items()}
    params += [Param(name, value) for name, value in sorted(digests.items()) if len(name) <= 250]
    client.log_batch(run.info.run_id, params=params[:100])
    for start in range(100, len(params), 100):
        client.log_batch(run.info.run_id, params=params[start : start + 100])
    for start in range(0, len(metrics), METRICS_PER_REQUEST):
        client.log_batch(run.info.run_id, metrics=metrics[start : start + METRICS_PER_REQUEST])
    client.set_terminated(run.info.run_id, "FINISHED", end_time=now)


def rebuild(uri: str, study: str, data: Path) -> int:
    """Log a run for every provenance record that has none; return how many were missing.

    The record is the truth: a lost or foreign database is filled again from it. Times are those
    of the rebuilding, since records hold none.
    """
    prepare(uri, study)
    runs = RunIndex(uri)
    missing = 0
    for path in sorted(data.rglob("*provenance.json")):
        record = read_record(path)
        if not runs.has(record):
            now = time.time()
            log_run(uri, study, record, now, now)
            missing += 1
    return missing


def main() -> None:
    """`prepare` the database before the first job, or `rebuild` the runs that it lacks."""
    uri, study = os.environ["INSONATE_TRACKING"], os.environ["INSONATE_STUDY"]
    if sys.argv[1:] == ["prepare"]:
        prepare(uri, study)
    elif sys.argv[1:] == ["rebuild"]:
        print(f"MLflow: {rebuild(uri, study, Path('data'))} missing runs logged again")
    else:
        raise SystemExit("usage: python -m pipeline.tracking prepare|rebuild")


if __name__ == "__main__":
    main()
