"""Walk the archive once; every file becomes an instance or is quarantined with its reason."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import StudyError
from pipeline.ingest.batches import Reading, read_batches
from pipeline.ingest.duplicates import set_aside_duplicates
from pipeline.ingest.params import IngestParams
from pipeline.ingest.tables import FILES, INSTANCES, QUARANTINE
from pipeline.io.atomic import write_json
from pipeline.io.batches import discard_batches, in_batches
from pipeline.io.keys import load_key
from pipeline.io.sources import Source, walk_sources
from pipeline.io.tables import write_table
from pipeline.io.trees import TreeDigest
from pipeline.step import Job


def scan_sources(
    sources: Iterable[Source], reading: Reading, progress: Callable[[str], None]
) -> tuple[pa.Table, str]:
    """Decide every source's fate; return the table of `FILES` and the digest of the tree.

    A row is a few hundred bytes in the table; no header or pixel is kept.
    """
    tree, paths, done, refused = TreeDigest(), [], 0, 0
    batches = in_batches(sources, reading.params.batch_files)
    for batch, path in read_batches(batches, reading):
        rows = pq.read_table(path, columns=["source_sha256", "reason"])
        for source, digest in zip(batch, rows["source_sha256"].to_pylist(), strict=True):
            if source.member is None:
                tree.add(source.relative, source.size, digest)
        paths.append(path)
        done, refused = (
            done + len(batch),
            refused + pc.sum(pc.not_equal(rows["reason"], "")).as_py(),
        )
        progress(f"{done} files read, {refused} quarantined")
    tables = [pq.read_table(path) for path in paths]
    files = pa.concat_tables(tables) if tables else FILES.empty_table()
    return set_aside_duplicates(files), tree.summary().tree_sha256


def counts_of(instances: pa.Table, quarantine: pa.Table) -> dict[str, Any]:
    """Return the counts of a scan; what was accepted and quarantined is what was discovered."""
    reasons = pc.value_counts(quarantine["reason"]).to_pylist()
    read = [pc.sum(table["source_bytes"]).as_py() or 0 for table in (instances, quarantine)]
    return {
        "discovered": len(instances) + len(quarantine),
        "accepted": len(instances),
        "quarantined": len(quarantine),
        "bytes": sum(read),
        "patients": pc.count_distinct(instances["patient"]).as_py(),
        "studies": pc.count_distinct(instances["study"]).as_py(),
        "frames": pc.sum(instances["frames"]).as_py() or 0,
        "reasons": dict(sorted((entry["values"], entry["counts"]) for entry in reasons)),
    }


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
    instances: Path,
    quarantine: Path,
    counts: Path,
    resume: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Scan the archive at `raw` and write the three tables; return the counts.

    What was read is kept in the folder `resume` until all is done: the same call after a kill goes
    on from there, to the same bytes. Raises StudyError when `raw` holds no usable image, or not
    what its manifest states.
    """
    reading = Reading(params, key, partitions, resume)
    files, tree_sha256 = scan_sources(walk_sources(raw), reading, progress)
    accepted = pc.equal(files["reason"], "")
    used = files.select(INSTANCES.names).filter(accepted).sort_by("instance")
    refused = files.select(QUARANTINE.names).filter(pc.invert(accepted)).sort_by("instance")
    numbers = counts_of(used, refused)
    check_manifest(tree_sha256, manifests)
    if not len(used):
        raise StudyError(
            f"cohort.path: none of {numbers['discovered']} files is a usable ultrasound image "
            f"(reasons: {numbers['reasons']})"
        )
    write_table(used, INSTANCES, instances)
    write_table(refused, QUARANTINE, quarantine)
    write_json(counts, numbers)
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
                job.output("instances"),
                job.output("quarantine"),
                job.output("counts"),
                Path(job.value("local.resume")),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
