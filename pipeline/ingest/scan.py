"""Walk the archive once; every file becomes an instance or is quarantined with its reason."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StudyError
from pipeline.ingest.batches import Reading, read_batches
from pipeline.ingest.merge import Counts, in_order
from pipeline.ingest.params import IngestParams
from pipeline.ingest.regions import regions_of
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REGIONS
from pipeline.io.atomic import write_json
from pipeline.io.batches import discard_batches, in_batches
from pipeline.io.keys import load_key
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import open_table
from pipeline.io.trees import TreeDigest
from pipeline.step import Job


class Outputs(NamedTuple):
    """Where the tables of a scan and its counts go."""

    instances: Path
    quarantine: Path
    regions: Path
    counts: Path


class Scanned(NamedTuple):
    """What is kept of all files while they are read: how many there are, and their digest.

    The rest lies in the batches at `paths`, in the order of the walk.
    """

    paths: list[Path]
    files: int
    tree_sha256: str


def scan_sources(
    sources: Iterable[Source], reading: Reading, progress: Callable[[str], None]
) -> Scanned:
    """Decide every source's fate; no row of any is kept."""
    tree, paths = TreeDigest(), []
    done, refused = 0, 0
    batches = in_batches(sources, reading.params.batch_files)
    for batch, path in read_batches(batches, reading):
        rows = pq.read_table(path, columns=["reason", "source_sha256"])
        for source, digest in zip(batch, rows["source_sha256"].to_pylist(), strict=True):
            if source.member is None:
                tree.add(source.relative, source.size, digest)
        paths.append(path)
        done += len(batch)
        refused += pc.sum(pc.not_equal(rows["reason"], "")).as_py()
        progress(f"{done} files read, {refused} quarantined")
    return Scanned(paths, done, tree.summary().tree_sha256)


def write_tables(scanned: Scanned, outputs: Outputs, folder: Path) -> dict[str, Any]:
    """Write the tables of instances, their regions, and quarantined files; return the counts.

    `folder` holds rows until they are sorted.
    """
    counts = Counts()
    with (
        open_table(INSTANCES, outputs.instances) as write_used,
        open_table(REGIONS, outputs.regions) as write_regions,
        open_table(QUARANTINE, outputs.quarantine) as write_refused,
    ):
        for files in in_order(scanned.paths, scanned.files, folder):
            is_used = pc.equal(files["reason"], "")
            used, refused = files.filter(is_used), files.filter(pc.invert(is_used))
            write_used(used)
            write_regions(regions_of(used))
            write_refused(refused)
            counts.add(used, refused)
        numbers = counts.as_json()
        if not counts.accepted:
            raise StudyError(
                f"cohort.path: none of {numbers['discovered']} files is a usable ultrasound image "
                f"(reasons: {numbers['reasons']})"
            )
    return numbers


def check_manifest(tree_sha256: str, manifests: Sequence[Path]) -> None:
    """Check a simulated archive against its manifest, so that a lost file shrinks no study.

    The digest is that of `pipeline.io.trees.summarise_tree`, made in the same one pass.
    """
    for manifest in manifests:
        if json.loads(manifest.read_bytes())["tree_sha256"] != tree_sha256:
            raise StudyError(
                f"{manifest}: data/raw no longer holds the files that were simulated; run "
                "snakemake --forcerun simulate_cohort"
            )


def scan_archive(
    params: IngestParams,
    key: bytes,
    partitions: int,
    raw: Path,
    manifests: Sequence[Path],
    outputs: Outputs,
    resume: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Scan the archive at `raw` and write its tables and counts; return the counts.

    What was read is kept in the folder `resume` until all is done: the same call after a kill goes
    on from there, to the same bytes. Raises StudyError when `raw` holds no usable image, or not
    what its manifest states.
    """
    reading = Reading(params, key, partitions, resume)
    scanned = scan_sources(walk_sources(raw), reading, progress)
    check_manifest(scanned.tree_sha256, manifests)
    numbers = write_tables(scanned, outputs, resume)
    write_json(outputs.counts, numbers)
    discard_batches(resume)
    return {name: float(value) for name, value in numbers.items() if name != "reasons"}


def main() -> None:
    """Run the step on the archive at `local.raw`; `local.resume` keeps what was read."""
    with Job.from_command_line() as job:
        simulated = job.value("cohort.source") == "simulate"
        job.log_metrics(
            scan_archive(
                job.section(IngestParams),
                load_key(job.value("deidentify.key_file"), simulated),
                job.value("deidentify.partitions"),
                Path(job.value("local.raw")),
                job.inputs("cohort"),
                Outputs(*map(job.output, Outputs._fields)),
                Path(job.value("local.resume")),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
