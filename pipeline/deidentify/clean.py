"""De-identify one part of the archive: headers by the profile, pixels by sector and text."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.compute as pc

from pipeline.deidentify.cleaner import Cleaner, Row, Writers
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.pixels.review import REVIEW
from pipeline.deidentify.tables import FRAMES, LEDGER_ROWS, REJECTED_ROWS
from pipeline.ingest.tables import INSTANCES
from pipeline.io.keys import load_key, pseudonym
from pipeline.io.memory import keep_freed_memory
from pipeline.io.shards import open_shard
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import read_arrow, write_table
from pipeline.io.unusable import UnusableError
from pipeline.step import Job

REPORT_EVERY = 50


@dataclass(frozen=True)
class Outputs:
    """The files that one part writes; `objects` is None when the study exports no DICOM."""

    frames: Path
    table: Path
    rejected: Path
    ledger: Path
    review: Path
    objects: Path | None = None


def clean_part(
    params: DeidentifyParams,
    key: bytes,
    partition: int,
    raw: Path,
    instances: Path,
    outputs: Outputs,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """De-identify the instances of one partition into its tars and tables; return counts."""
    keep_freed_memory()
    # Chosen while they are read: the table grows with the archive, its part need not.
    of_part = pc.field("partition") == partition
    wanted = read_arrow(instances, INSTANCES, of_part).to_pandas()
    sources = _sources(raw, key, set(wanted.instance))
    frames: list[Row] = []
    ledger: list[Row] = []
    review: list[Row] = []
    refused: list[Row] = []
    with ExitStack() as stack:
        objects = stack.enter_context(open_shard(outputs.objects)) if outputs.objects else None
        tar = stack.enter_context(open_shard(outputs.frames))
        writers = Writers(outputs.frames.parent, tar, objects)
        cleaner = Cleaner(params, key, writers, outputs.frames.name)
        ordered: Iterator[Any] = wanted.sort_values("instance").itertuples()
        for count, row in enumerate(ordered, start=1):
            try:
                written = cleaner.clean(_as_scanned(sources, row), row)
            except UnusableError as fault:
                refused.append(
                    {"instance": row.instance, "reason": fault.reason, "detail": fault.detail}
                )
                ledger.append(cleaner.rejected_row(row, fault))
            else:
                frames += written.frames
                ledger.append(written.ledger)
                review += written.review
            if count % REPORT_EVERY == 0:
                progress(f"{count} of {len(wanted)} instances, {len(frames)} frames")
    write_table(pd.DataFrame(frames, columns=FRAMES.names), FRAMES, outputs.table)
    write_table(refused, REJECTED_ROWS, outputs.rejected)
    write_table(ledger, LEDGER_ROWS, outputs.ledger)
    write_table(review, REVIEW, outputs.review)
    return {"instances": len(wanted), "frames": len(frames), "rejected": len(refused)}


def _sources(raw: Path, key: bytes, wanted: set[str]) -> dict[str, Source]:
    """Find files by the keyed digest of their path: no table holds a path."""
    found = ((pseudonym(key, "instance", one.relative), one) for one in walk_sources(raw))
    return {instance: source for instance, source in found if instance in wanted}


def _as_scanned(sources: dict[str, Source], row: Any) -> Source:
    """Return the source of an instance; raise UnusableError unless ingest read the same bytes."""
    source = sources.get(row.instance)
    try:
        digest = source.sha256() if source else None
    except Exception:  # gone, or not to be read any more
        digest = None
    if source is None or digest is None:
        raise UnusableError("vanished")
    if digest != row.source_sha256:
        raise UnusableError("changed")
    return source


def main() -> None:
    """Run the step for the partition `workflow.partition`."""
    with Job.from_command_line() as job:
        params = job.section(DeidentifyParams)
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
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
