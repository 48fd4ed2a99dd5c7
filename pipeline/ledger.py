"""The audit: walk every published number back to the source images, and check each link.

    python -m pipeline.ledger              every row of results.csv; one summary line, exit 0 or 1
    python -m pipeline.ledger --row 12     the lineage of the number in row 12

A link is broken when a file is missing or has other bytes than its record states, when an input
was made by a job that recorded other bytes, when code or params are no longer what the record
states, when a source file of the archive has changed, or when the MLflow run is missing.
"""

import argparse
import csv
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.lineage import tell_jobs
from pipeline.provenance import Record, read_record
from pipeline.raw_check import changed_raw_file, dicom_sources, labelled_sources
from pipeline.reads import select
from pipeline.step import without_local
from pipeline.tracking import RunIndex

RESULTS = Path("data/report/results.csv")
INDEX = Path("data/shard/index.parquet")
INSTANCES = Path("data/ingest/instances.parquet")
TASKS = Path("data/tasks/tasks.parquet")

# Phases that have a folder for each task or model.
PER_TASK = ("tasks", "finetune", "probe")


class BrokenLinkError(StudyError):
    """One link of the chain does not hold."""


@cache
def _digest(path: str) -> str:
    """Digest of a file, computed once per audit; raise BrokenLinkError when it is missing."""
    if not Path(path).is_file():
        raise BrokenLinkError(f"{path} is missing")
    return sha256_file(Path(path))


class Ledger:
    """All provenance records of a study, indexed by the files that they wrote."""

    def __init__(self, data: Path) -> None:
        self.records: dict[Path, Record] = {}
        self._writer: dict[str, Record] = {}
        self._by_digest: dict[str, Record] = {}
        self._sound: set[str] = set()
        for path in sorted(data.rglob("*provenance.json")):
            try:
                record = read_record(path)
            except ValueError:
                raise BrokenLinkError(f"{path} is not a provenance record") from None
            self.records[path] = record
            for name, digest in record.outputs.items():
                self._writer[name] = record
                self._by_digest.setdefault(digest, record)
        self._params = yaml.safe_load(Path("params.yaml").read_text())
        self._runs = RunIndex(os.environ["INSONATE_TRACKING"])

    def record_of_digest(self, digest: str) -> Record:
        """Return the job that wrote a file with this digest."""
        if digest not in self._by_digest:
            raise BrokenLinkError(f"no job has recorded an output with SHA-256 {digest}")
        return self._by_digest[digest]

    def parents(self, record: Record) -> list[Record]:
        """Return the jobs that wrote a record's inputs, each once, in the order of their names."""
        found = {}
        for path in record.inputs:
            if path not in self._writer:
                raise BrokenLinkError(
                    f"{path}, read by {record.job}: no job has recorded writing it"
                )
            found[self._writer[path].job] = self._writer[path]
        return [found[name] for name in sorted(found)]

    def check(self, record: Record) -> None:
        """Check one job and all that it rests on; raise BrokenLinkError at the first fault."""
        if record.job in self._sound:
            return
        for path, digest in (record.outputs | record.inputs).items():
            if _digest(path) != digest:
                raise BrokenLinkError(f"{path} has other bytes than {record.job} recorded")
        for path in record.inputs:
            if path in self._writer and self._writer[path].outputs[path] != record.inputs[path]:
                raise BrokenLinkError(f"{path}: {record.job} read other bytes than were written")
        for path, digest in record.code.items():
            if _digest(path) != digest:
                raise BrokenLinkError(f"{path} has changed since {record.job} ran it")
        self._check_params(record)
        if not self._runs.has(record):
            raise BrokenLinkError(
                f"{record.job} has no MLflow run with its digests (restore it with `make mlflow`)"
            )
        for parent in self.parents(record):
            self.check(parent)
        if record.phase == "ingest":
            self._check_raw(Path(record.artifact))
        self._sound.add(record.job)

    def _check_raw(self, instances: Path) -> None:
        fault = changed_raw_file(instances, self._params)
        if fault is not None:
            raise BrokenLinkError(
                f"source instance {fault} (`python -m pipeline.ingest.locate` finds the file)"
            )

    def _check_params(self, record: Record) -> None:
        current = without_local(select(self._params, record.phase, record.module))
        for key, value in current.items():
            if record.params.get(key) != value:
                raise BrokenLinkError(f"params.yaml: {key} is not what {record.job} ran with")

    def current(self, results: Path) -> list[Record]:
        """Return all jobs but those of tasks and models that the published results do not rest on.

        Such are left where an earlier study had other tasks or other models.
        """
        name = results.as_posix()
        if name not in self._writer:
            raise BrokenLinkError(f"{name}: no job has recorded writing it")
        used = {record.job for record in self.ancestors(self._writer[name])}
        return [
            record
            for record in self.records.values()
            if record.job in used or record.phase not in PER_TASK
        ]

    def ancestors(self, record: Record) -> list[Record]:
        """Return a job and all that it rests on, farthest first."""
        seen: dict[str, Record] = {}

        def visit(one: Record) -> None:
            if one.job not in seen:
                for parent in self.parents(one):
                    visit(parent)
                seen[one.job] = one

        visit(record)
        return list(seen.values())


def rows_of(results: Path) -> list[dict[str, str]]:
    """Return the published rows; the first is row 1."""
    if not results.is_file():
        raise BrokenLinkError(f"{results} is missing: run `make study`")
    with results.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def audit(data: Path, results: Path) -> str:
    """Check every row; return the summary line. Raises BrokenLinkError naming row and link."""
    ledger = Ledger(data)
    rows = rows_of(results)
    for number, row in enumerate(rows, start=1):
        try:
            ledger.check(ledger.record_of_digest(row["predictions_sha256"]))
        except BrokenLinkError as fault:
            raise BrokenLinkError(
                f"row {number} ({row['task']}, {row['metric']}): {fault}"
            ) from None
    current = ledger.current(results)
    for record in current:
        ledger.check(record)
    files = len({path for record in current for path in record.outputs})
    sources = dicom_sources(INDEX, INSTANCES)
    earlier = len(ledger.records) - len(current)
    left = f"; {earlier} jobs of earlier params, whose files are still there, were not checked"
    return (
        f"audit: {len(rows)} rows, {len(current)} jobs and {files} artifacts agree, back to "
        f"{sources.number} source instances with digest {sources.digest}{left if earlier else ''}"
    )


def row_number(text: str, rows: int) -> int:
    """Return the number of a row as a user wrote it; raise StudyError if there is no such row."""
    if not text.isdecimal() or not 1 <= int(text) <= rows:
        raise StudyError(
            f"ROW={text}: results.csv has the rows 1 to {rows}; give one of these numbers, as in "
            "`make audit ROW=1` (the page shows the number of each row)"
        )
    return int(text)


def lineage(data: Path, results: Path, chosen: str) -> Iterator[str]:
    """Yield the lines that tell where one published number comes from, checking each link.

    Raises StudyError when `chosen` is not the number of a row.
    """
    rows = rows_of(results)
    number = row_number(chosen, len(rows))
    row = rows[number - 1]
    ledger = Ledger(data)
    record = ledger.record_of_digest(row["predictions_sha256"])
    ledger.check(record)
    yield f"row {number}: " + ", ".join(f"{name}={value}" for name, value in row.items())
    ancestors = ledger.ancestors(record)
    yield from tell_jobs(ancestors[::-1], row["task"])
    yield ""
    if any(ancestor.phase == "shard" for ancestor in ancestors):
        count, digest = dicom_sources(INDEX, INSTANCES)
        yield f"source instances (DICOM, pretraining): {count}, digest of their digests {digest}"
    count, digest = labelled_sources(TASKS, record.params.get("workflow.tasks", [row["task"]]))
    yield f"source images (labelled): {count}, digest of their digests {digest}"


def main() -> None:
    """Print the audit's summary, or one row's lineage; exit 1 at a broken link."""
    parser = argparse.ArgumentParser(prog="make audit", description=__doc__)
    parser.add_argument("--row", help="show the lineage of this row of results.csv")
    row = parser.parse_args().row
    os.environ.setdefault("INSONATE_TRACKING", "sqlite:///mlflow.db")
    data = Path("data")
    try:
        lines = [audit(data, RESULTS)] if row is None else lineage(data, RESULTS, row)
        for line in lines:
            print(line)
    except BrokenLinkError as fault:
        raise SystemExit(f"audit: broken link: {fault}") from None
    except StudyError as fault:
        raise SystemExit(f"audit: {fault}") from None


if __name__ == "__main__":
    main()
