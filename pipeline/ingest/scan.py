"""Walk the archive once; every file becomes an instance or is quarantined with its reason."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from pipeline.errors import StudyError
from pipeline.ingest.fate import Refused, examine
from pipeline.ingest.params import IngestParams
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REASONS
from pipeline.io.atomic import write_json
from pipeline.io.hashing import sha256_file
from pipeline.io.keys import load_key, pseudonym
from pipeline.io.tables import write_table
from pipeline.io.trees import TreeDigest, walk_files
from pipeline.step import Job

REPORT_EVERY = 200
Row = dict[str, Any]


@dataclass
class Scan:
    """What the walk found. Rows are small; no header or pixel is kept."""

    instances: list[Row]
    quarantine: list[Row]
    tree_sha256: str = ""


def patient_of(key: bytes, header: Dataset) -> str:
    """Return the patient's pseudonym, from (PatientID, IssuerOfPatientID).

    Without a patient id the study stands for the patient: two studies are then two patients,
    rather than all nameless patients one.
    """
    patient = str(header.get("PatientID") or "").strip()
    issuer = str(header.get("IssuerOfPatientID") or "").strip()
    if patient:
        return pseudonym(key, "patient", patient, issuer)
    return pseudonym(key, "nameless", str(header.StudyInstanceUID))


def instance_row(key: bytes, header: Dataset, partitions: int) -> Row:
    """Return the columns of an instance that come from its header."""
    patient = patient_of(key, header)
    return {
        "patient": patient,
        "study": pseudonym(key, "study", str(header.StudyInstanceUID)),
        "series": pseudonym(key, "series", str(header.SeriesInstanceUID)),
        "partition": int(patient, 16) % partitions,
        "sop_class": str(header.get("SOPClassUID") or header.file_meta.MediaStorageSOPClassUID),
        "transfer_syntax": str(header.file_meta.TransferSyntaxUID),
        "photometric": str(header.PhotometricInterpretation),
        "rows": int(header.Rows),
        "columns": int(header.Columns),
        "frames": int(header.get("NumberOfFrames") or 1),
    }


def _digest(path: Path) -> str:
    """Return a file's SHA-256, or nothing for what cannot be read (a pipe would block)."""
    try:
        return sha256_file(path) if path.is_file() else ""
    except OSError:
        return ""


def scan_files(
    files: Iterator[tuple[bytes, Path]],
    params: IngestParams,
    key: bytes,
    partitions: int,
    progress: Callable[[str], None],
) -> Scan:
    """Decide every file's fate, in the order of the walk."""
    found, seen, tree = Scan([], []), set[str](), TreeDigest()
    for count, (relative, path) in enumerate(files, start=1):
        source: Row = {
            "instance": pseudonym(key, "instance", relative),
            "source_sha256": _digest(path),
            "source_bytes": path.lstat().st_size,
        }
        tree.add(relative, source["source_bytes"], source["source_sha256"])
        result = examine(path, params)
        if not isinstance(result, Refused) and source["source_sha256"] in seen:
            result = Refused("duplicate")
        if isinstance(result, Refused):
            words = REASONS[result.reason] + (f": {result.detail}" if result.detail else "")
            found.quarantine.append(source | {"reason": result.reason, "detail": words})
        else:
            seen.add(source["source_sha256"])
            found.instances.append(source | instance_row(key, result, partitions))
        if count % REPORT_EVERY == 0:
            progress(f"{count} files read, {len(found.quarantine)} quarantined")
    found.tree_sha256 = tree.summary().tree_sha256
    return found


def counts_of(scan: Scan) -> dict[str, Any]:
    """Return the counts of a scan; what was accepted and quarantined is what was discovered."""
    reasons = Counter(str(row["reason"]) for row in scan.quarantine)
    return {
        "discovered": len(scan.instances) + len(scan.quarantine),
        "accepted": len(scan.instances),
        "quarantined": len(scan.quarantine),
        "bytes": sum(int(row["source_bytes"]) for row in scan.instances + scan.quarantine),
        "patients": len({row["patient"] for row in scan.instances}),
        "studies": len({row["study"] for row in scan.instances}),
        "frames": sum(int(row["frames"]) for row in scan.instances),
        "reasons": dict(sorted(reasons.items())),
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
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Scan the archive at `raw` and write the three tables; return the counts.

    Raises StudyError when `raw` holds no usable image, or not what its manifest states.
    """
    found = scan_files(walk_files(raw), params, key, partitions, progress)
    numbers = counts_of(found)
    check_manifest(found.tree_sha256, manifests)
    if not found.instances:
        raise StudyError(
            f"cohort.path: none of {numbers['discovered']} files is a usable ultrasound image "
            f"(reasons: {numbers['reasons']})"
        )
    write_table(sorted(found.instances, key=lambda row: str(row["instance"])), INSTANCES, instances)
    ordered = sorted(found.quarantine, key=lambda row: str(row["instance"]))
    write_table(ordered, QUARANTINE, quarantine)
    write_json(counts, numbers)
    return {name: float(value) for name, value in numbers.items() if name != "reasons"}


def main() -> None:
    """Run the step on the archive at `local.raw`."""
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
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
