"""De-identify one part of the archive: headers by the profile, pixels by sector and text."""

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.deidentify.batches import SCHEMAS, Draft, name_batches
from pipeline.deidentify.cleaner import Cleaner, Row, Writers
from pipeline.deidentify.params import CleanParams
from pipeline.errors import StudyError
from pipeline.ingest.tables import INSTANCES
from pipeline.io.batches import code_digests
from pipeline.io.hashing import canonical_json
from pipeline.io.keys import load_key, pseudonym
from pipeline.io.memory import keep_freed_memory
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import read_arrow
from pipeline.io.unusable import UnusableError
from pipeline.step import Job

ROWS_AT_ONCE = 256


@dataclass(frozen=True)
class Outputs:
    """The files that one part writes; `objects` is None when the study exports no DICOM."""

    frames: Path
    table: Path
    rejected: Path
    ledger: Path
    review: Path
    objects: Path | None = None

    @property
    def tables(self) -> dict[str, Path]:
        """The part's tables by name."""
        return {name: getattr(self, name) for name in SCHEMAS}

    @property
    def tars(self) -> dict[str, Path]:
        """The part's tars by name."""
        return {"frames": self.frames} | ({"objects": self.objects} if self.objects else {})


def clean_part(
    params: CleanParams,
    key: bytes,
    partition: int,
    raw: Path,
    instances: Path,
    outputs: Outputs,
    resume: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """De-identify the instances of one partition into its tars and tables; return counts.

    What was cleaned is kept in the folder `resume`, batch by batch: the same call after a kill
    goes on from there, to the same bytes. The caller removes the folder when nothing is to follow.
    """
    keep_freed_memory()
    check_excluded(params.exclude, instances)
    # Chosen while they are read: the table grows with the archive, its part need not.
    of_part = pc.field("partition") == partition
    wanted = read_arrow(instances, INSTANCES, of_part).sort_by("instance")
    sources = _sources(raw, key, set(wanted["instance"].to_pylist()))
    draft = Draft(resume, list(outputs.tars))
    left = draft.left(name_batches(_rows(wanted), params.batch_instances, key, _origin(params)))
    if draft.done:
        progress(f"{draft.done} of {len(wanted)} instances were cleaned before")
    with draft.open() as tars:
        writers = Writers(resume, tars["frames"], tars.get("objects"))
        cleaner = Cleaner(params, key, writers, outputs.frames.name)
        for batch in left:
            draft.keep(batch, _clean_batch(cleaner, sources, batch.instances))
            progress(f"{draft.done} of {len(wanted)} instances")
    draft.finish(outputs.tables, outputs.tars)
    frames, rejected = (
        pq.read_metadata(path).num_rows for path in (outputs.table, outputs.rejected)
    )
    return {"instances": len(wanted), "frames": frames, "rejected": rejected}


def check_excluded(exclude: Sequence[str], instances: Path) -> None:
    """Raise StudyError when a refusal was mistyped: the image that was meant would leave."""
    among = pc.field("instance").isin(pa.array(exclude, pa.string()))
    known = set(read_arrow(instances, INSTANCES, among)["instance"].to_pylist()) if exclude else ()
    wrong = [str(place) for place, one in enumerate(exclude, start=1) if one not in known]
    if wrong:
        raise StudyError(
            f"params.yaml: deidentify.exclude, entry {', '.join(wrong)}: no instance of this "
            "archive under this key; correct the id, or remove it if ingest quarantined the file, "
            "or if the file has left the archive"
        )


def _rows(table: pa.Table) -> Iterator[Any]:
    """Yield rows with their columns as attributes, a few in memory at a time."""
    for some in table.to_batches(max_chunksize=ROWS_AT_ONCE):
        for row in some.to_pylist():
            yield SimpleNamespace(**row)


def _origin(params: CleanParams) -> str:
    """Return what decides how every instance is cleaned: params, code and installed packages."""
    chosen = params.model_dump(exclude={"key_file", "partitions", "batch_instances", "audit"})
    return canonical_json([chosen, _packages(), code_digests("pipeline.deidentify.clean")])


def _packages() -> list[str]:
    """Return every installed package with its version, as its folder is called (PEP 376)."""
    folders = (Path(folder).glob("*-info") for folder in sys.path)
    return sorted({found.name for inside in folders for found in inside})


def _clean_batch(
    cleaner: Cleaner, sources: dict[str, Source], instances: list[Any]
) -> dict[str, list[Row]]:
    """Clean instances into the tars; return the rows of every table."""
    rows: dict[str, list[Row]] = {name: [] for name in SCHEMAS}
    for row in instances:
        try:
            source, state = _as_scanned(sources, row)
            written = cleaner.clean(source, row, partial(_check_state, source, state))
        except UnusableError as fault:
            rows["rejected"].append(
                {"instance": row.instance, "reason": fault.reason, "detail": fault.detail}
            )
            rows["ledger"].append(cleaner.rejected_row(row, fault))
        else:
            rows["table"] += written.frames
            rows["ledger"].append(written.ledger)
            rows["review"] += written.review
    return rows


def _sources(raw: Path, key: bytes, wanted: set[str]) -> dict[str, Source]:
    """Find files by the keyed digest of their path: no table holds a path."""
    found = ((pseudonym(key, "instance", one.relative), one) for one in walk_sources(raw))
    return {instance: source for instance, source in found if instance in wanted}


def _as_scanned(sources: dict[str, Source], row: Any) -> tuple[Source, tuple[int, ...]]:
    """Return the source of an instance and the state of its file, whose bytes ingest read.

    Raises UnusableError when they are others.
    """
    source = sources.get(row.instance)
    if source is None:
        raise UnusableError("vanished")
    try:
        state = source.state()
        digest = source.sha256()
    except Exception:  # gone, or not to be read any more
        raise UnusableError("vanished") from None
    if digest != row.source_sha256:
        raise UnusableError("changed")
    return source, state


def _check_state(source: Source, state: tuple[int, ...]) -> None:
    """Raise UnusableError when a file is no longer the one whose digest was taken."""
    try:
        now = source.state()
    except OSError:
        raise UnusableError("vanished") from None
    if now != state:
        raise UnusableError("changed")


def main() -> None:
    """Run the step for the partition `workflow.partition`."""
    with Job.from_command_line() as job:
        params = job.section(CleanParams)
        resume = Path(job.value("local.resume"))
        (objects,) = job.outputs("objects") or (None,)
        job.log_metrics(
            clean_part(
                params,
                load_key(params.key_file, job.value("cohort.source") == "simulate"),
                job.value("workflow.partition"),
                Path(job.value("local.raw")),
                job.input("instances"),
                Outputs(
                    job.output("frames"),
                    job.output("table"),
                    job.output("rejected"),
                    job.output("ledger"),
                    job.output("review"),
                    objects,
                ),
                resume,
                job.progress,
            )
        )
    # Only now: to record the digests of large tars takes a while, in which a kill can come.
    shutil.rmtree(resume)


if __name__ == "__main__":
    main()
