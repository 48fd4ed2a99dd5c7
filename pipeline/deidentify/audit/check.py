"""Read again everything that ingest and deidentify wrote, and search it for the patients.

An independent second program: it walks the archive itself, harvests what could name a patient
(harvest.py), and searches every table, header, log, name and byte that leaves, and the pixels with
a reader of text (pixel_text.py). It checks each image (frames.py), each exported DICOM object
(objects.py) and that these have the UIDs, patients and intervals of the source
(graph.py). A finding stops the study.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from pipeline.deidentify.audit.chains import Ledger, check_chains
from pipeline.deidentify.audit.doubtful import ByteSearch
from pipeline.deidentify.audit.exports import ObjectsAudit, place_of
from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import ingested_digests, stated_instances
from pipeline.deidentify.audit.frames import FrameCheck, place_of_frame
from pipeline.deidentify.audit.graph import Patients
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
from pipeline.deidentify.audit.reader_process import ReaderProcess
from pipeline.deidentify.audit.sources import Names, Sources, read_sources
from pipeline.deidentify.audit.texts import findings_in_log, findings_in_table
from pipeline.deidentify.audit.trace import members_with_values, origins
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.words import VOCABULARY
from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.keys import load_key, new_uid, pseudonym
from pipeline.step import Job

PROGRESS_EVERY = 200
CHECKS = {
    "values": "identifying source values in tables, headers, logs and names, word by word",
    "bytes": "the same in every byte that was written, in all character sets of DICOM",
    "patterns": "e-mail, telephone and record numbers, names with dates, names of persons",
    "images": "pixels as stated, none outside the sector, no text chunk",
    "patients": "one pseudonym for each patient, one patient for each pseudonym",
    "objects": "exported objects: preamble, file meta, groups, statements, pixel stream",
    "unchanged": "each file of an instance is still the one that ingest read",
    "graph": "exported objects: UIDs, patients and intervals of dates as in the source",
    "ledger": "each row follows from the one before it, each instance has one, and digests agree",
    "text": "text in kept pixels, by an independent reader, on a sample",
}


@dataclass(frozen=True)
class Outputs:
    """Everything that was written: tables, the table and tars of frames, objects, logs."""

    tables: Sequence[Path]
    frames: Path
    parts: Sequence[Path]
    objects: Sequence[Path] = ()
    logs: Sequence[Path] = ()

    def artifacts(self) -> tuple[Path, ...]:
        """Return all files but logs, which are of another length each time."""
        return (*self.tables, self.frames, *self.parts, *self.objects)

    def files(self) -> tuple[Path, ...]:
        """Return all files."""
        return (*self.artifacts(), *self.logs)


def audit(
    raw: Path,
    outputs: Outputs,
    report: Path,
    options: ProfileOptions | None = None,
    names: Names | None = None,
    text: Callable[[Harvest], TextCheck] | None = None,
    vocabulary: frozenset[str] = frozenset(),
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Search and check everything; write the report. Raises StudyError on any finding.

    `options` are those of the exported objects, None where none are exported. `names` pairs what
    leaves with its source; without it neither patients nor exported objects can be compared.
    `text` makes the check of kept pixels from the harvest. The error counts findings by kind and
    file, and names instances and attributes, but no value.
    """
    if outputs.objects and not options:
        raise ValueError("exported objects are judged by the options of their profile")
    if names and options and options.retain_uids:
        names = names.retaining_uids()
    (ingested,) = [path for path in outputs.tables if path.stem == "instances"]
    instances = stated_instances(outputs.frames)
    sources = read_sources(
        raw, options, vocabulary, names, ingested_digests(ingested, instances), progress
    )
    harvest = sources.harvest
    progress(f"searching for {len(harvest.texts)} spellings of identifying values")
    check = text(harvest) if text else None
    findings = _in_files(outputs, harvest)
    in_bytes = ByteSearch(harvest.bytes, outputs.objects)
    in_bytes.run(outputs.files())
    findings.merge(in_bytes.findings)
    findings.merge(sources.findings)
    frames = FrameCheck(outputs.frames, instances, harvest.texts, check)
    for part in outputs.parts:
        frames.check(part, progress)
    findings.merge(frames.findings)
    findings["frames_missing"] += frames.missing()
    patients = Patients()
    for instance, stated in instances.items():
        patient = sources.patient_of(instance)
        if patient is not None:
            agree = patients.agree(patient, stated.patient)
            findings.note("patients_merged_or_split", f"instance {instance}", not agree)
        elif names:
            findings["instance_of_no_source"] += 1
    ledger: Ledger | None = None
    if names:
        ledger = check_chains(outputs.tables, instances, names.key)
        findings.merge(ledger.findings)
    objects_checked = 0
    if options:
        objects = ObjectsAudit(
            sources, options, instances, check, ledger.objects if ledger else None
        )
        objects.run(outputs.objects)
        findings.merge(objects.findings)
        objects_checked = objects.checked
    if sources.graph:
        findings.merge(sources.graph.findings)
        findings["uids_merged"] += sources.graph.renamed_twice()
    if check:
        findings.merge(check.findings)
    if any(findings.values()):
        _refuse(findings, outputs, sources, raw, names, progress)
    counts = {
        "findings": 0,
        "sources": harvest.sources,
        "sources_not_harvested": harvest.sources_not_harvested,
        "searched_spellings": len(harvest.texts),
        "searched_byte_patterns": len(harvest.bytes),
        "files_searched": len(outputs.files()),
        "bytes_searched": sum(path.stat().st_size for path in outputs.artifacts()),
        "tables_searched": len(outputs.tables) + 1,
        "logs_searched": len(outputs.logs),
        "frames_checked": frames.checked,
        "objects_checked": objects_checked,
        "patients_compared": len(patients),
        "images_read_for_text": check.images if check else 0,
        "share_of_instances_read": _share_read(check, len(instances)),
        "grey_levels_like_text": len(in_bytes.grey_levels),
        "to_review": len(check.review) if check else 0,
    }
    done = {key: words for key, words in CHECKS.items() if _applies(key, outputs, names, check)}
    review = sorted(check.review) if check else []
    heads = ledger.heads if ledger else {}
    write_json(report, counts | {"checks": done, "heads": heads, "review": review})
    return dict(counts)


def _in_files(outputs: Outputs, harvest: Harvest) -> Findings:
    """Search all tables and logs as text."""
    findings = Findings()
    for path in (*outputs.tables, outputs.frames):
        findings.merge(findings_in_table(path, harvest.texts))
    for path in outputs.logs:
        findings.merge(findings_in_log(path, harvest.texts))
    return findings


def _share_read(check: TextCheck | None, instances: int) -> float:
    if check is None or not instances:
        return 0.0
    return min(1.0, (check.sample.instances or instances) / instances)


def _applies(key: str, outputs: Outputs, names: Names | None, check: TextCheck | None) -> bool:
    needs = {
        "objects": bool(outputs.objects),
        "graph": bool(outputs.objects) and names is not None,
        "patients": names is not None,
        "unchanged": names is not None,
        "ledger": names is not None,
        "text": check is not None,
    }
    return needs.get(key, True)


def _refuse(
    findings: Findings,
    outputs: Outputs,
    sources: Sources,
    raw: Path,
    names: Names | None,
    progress: Callable[[str], None],
) -> NoReturn:
    """Tell what was found, in which instances, and from which attributes it stems."""
    harvest = sources.harvest
    findings = +findings
    stems = Findings()
    if harvest.bytes.found:
        findings.places |= members_with_values(outputs.parts, harvest, place_of_frame).places
        in_objects = partial(place_of, sources=sources)
        findings.places |= members_with_values(outputs.objects, harvest, in_objects).places
    if names and (harvest.bytes.found or harvest.texts.found):
        stems = origins(raw, harvest, names.instance_of, progress)
    raise StudyError(
        f"the de-identification audit found {json.dumps(findings, sort_keys=True)}; nothing was "
        "passed on"
        + "".join(f"\n  {line}" for line in findings.lines())
        + "".join(f"\n  from {line}" for line in stems.lines())
        + "\nDo not share data/ingest and data/deidentify. What to do: docs/privacy.md, After a "
        "finding"
    )


def main() -> None:
    """Run the step."""
    with Job.from_command_line() as job, ReaderProcess() as reader:
        simulated = job.value("cohort.source") == "simulate"
        params = job.section(DeidentifyParams)
        key = load_key(params.key_file, simulated)
        tables = ("instances", "quarantine", "regions", "rejected", "ledger", "review")
        outputs = Outputs(
            [job.input(name) for name in tables],
            job.input("frames"),
            job.inputs("parts"),
            job.inputs("objects"),
            _logs(Path(job.value("local.logs"))),
        )
        exports = params.profile if params.export_dicom else None
        sample = Sample(params.audit.instances, params.audit.every, params.audit.confidence)
        job.log_metrics(
            audit(
                Path(job.value("local.raw")),
                outputs,
                job.output("audit"),
                exports,
                Names(partial(new_uid, key), partial(pseudonym, key, "instance"), key),
                lambda harvest: TextCheck(reader.read, harvest.texts, sample),
                declared_vocabulary() if exports and exports.clean_descriptors else frozenset(),
                job.progress,
            )
        )


def _logs(folder: Path) -> list[Path]:
    """Return what the jobs before this one printed."""
    phases = ("ingest", "deidentify")
    logs = [path for phase in phases for path in folder.glob(f"{phase}/*.log")]
    return sorted(path for path in logs if path.stem != "audit")


def declared_vocabulary() -> frozenset[str]:
    """Return the declared words that may stay of a description."""
    text = VOCABULARY.read_text(encoding="ascii")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).lower().split())


if __name__ == "__main__":
    main()
