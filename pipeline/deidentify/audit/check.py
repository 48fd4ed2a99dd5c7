"""Read again everything that ingest and deidentify wrote, and search it for the patients.

An independent second program: it walks the archive itself, harvests what could name a patient
(harvest.py), and searches every table, header, log, name and byte that leaves, and the pixels with
a reader of text (pixel_text.py). It checks each image (frames.py), each exported DICOM object
(objects.py) and that these have the UIDs, patients and intervals of the source
(graph.py). A finding stops the study.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from pipeline.deidentify.audit.chains import check_chains
from pipeline.deidentify.audit.doubtful import ByteSearch
from pipeline.deidentify.audit.exports import members, place_of
from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import (
    Instance,
    ingested_digests,
    stated_instances,
)
from pipeline.deidentify.audit.frames import place_of_frame
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.moved import Patients
from pipeline.deidentify.audit.outputs import Outputs, logs_in
from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
from pipeline.deidentify.audit.reader_process import ReaderProcess
from pipeline.deidentify.audit.sources import Names, Sources, read_sources
from pipeline.deidentify.audit.tars import Tars
from pipeline.deidentify.audit.texts import findings_in_log, findings_in_table
from pipeline.deidentify.audit.trace import members_with_values, origins
from pipeline.deidentify.params import DeidentifyParams
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.words import VOCABULARY
from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.keys import load_key, new_uid, pseudonym
from pipeline.step import Job

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


def audit(
    raw: Path,
    outputs: Outputs,
    report: Path,
    options: ProfileOptions | None = None,
    names: Names | None = None,
    text: Callable[[Harvest], TextCheck] | None = None,
    vocabulary: frozenset[str] = frozenset(),
    progress: Callable[[str], None] = lambda text: None,
    workers: int = 1,
) -> dict[str, float]:
    """Search and check everything; write the report. Raises StudyError on any finding.

    `options` are those of the exported objects, None where none are exported. `names` pairs what
    leaves with its source; without it neither patients nor exported objects can be compared.
    `text` makes the check of kept pixels from the harvest. Files are read, and tars are checked, in
    so many `workers` side by side. The error counts findings by kind and
    file, and names instances and attributes, but no value.
    """
    if names and options and options.retain_uids:
        names = names.retaining_uids()
    (ingested,) = [path for path in outputs.tables if path.stem == "instances"]
    instances = stated_instances(outputs.frames)
    sources = read_sources(
        raw, options, vocabulary, names, ingested_digests(ingested, instances), workers, progress
    )
    harvest = sources.harvest
    progress(f"searching for {len(harvest.texts)} spellings of identifying values")
    harvest.bytes.expect(sum(path.stat().st_size for path in outputs.objects))
    findings = _in_files(outputs, harvest)
    in_bytes = ByteSearch(harvest.bytes, ())
    in_bytes.run(outputs.not_tars())
    findings.merge(in_bytes.findings)
    findings.merge(sources.findings)
    patients = Patients()
    findings.merge(_compare_patients(patients, sources, instances, names))
    ledger = check_chains(outputs.tables, instances, names.key) if names else None
    if ledger:
        findings.merge(ledger.findings)
    sample = text(harvest).sample if text else None
    tars = Tars(
        outputs.frames,
        outputs.objects,
        sources,
        instances,
        options,
        ledger.objects if ledger and options else None,
        text,
        _drawn(sample, instances, outputs.objects),
        progress,
    )
    found = tars.check_all(outputs.tars(), workers)
    findings.merge(found.findings)
    if sources.graph:
        findings["uids_merged"] += sources.graph.renamed_twice()
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
        "frames_checked": found.frames,
        "objects_checked": found.objects,
        "patients_compared": len(patients),
        "images_read_for_text": found.images_read,
        "share_of_instances_read": _share_read(sample, len(instances)),
        "grey_levels_like_text": len(found.grey_levels),
        "to_review": len(found.review),
    }
    done = {key: words for key, words in CHECKS.items() if _applies(key, outputs, names, sample)}
    heads = ledger.heads if ledger else {}
    write_json(report, counts | {"checks": done, "heads": heads, "review": sorted(found.review)})
    return dict(counts)


def _in_files(outputs: Outputs, harvest: Harvest) -> Findings:
    """Search all tables and logs as text."""
    findings = Findings()
    for path in (*outputs.tables, outputs.frames):
        findings.merge(findings_in_table(path, harvest.texts))
    for path in outputs.logs:
        findings.merge(findings_in_log(path, harvest.texts))
    return findings


def _compare_patients(
    patients: Patients, sources: Sources, instances: Mapping[str, Instance], names: Names | None
) -> Findings:
    """Compare each instance's patient with that of its source, and keep the pairs."""
    findings = Findings()
    for instance, stated in instances.items():
        patient = sources.patient_of(instance)
        if patient is not None:
            agree = patients.agree(patient, stated.patient)
            findings.note("patients_merged_or_split", f"instance {instance}", not agree)
        elif names:
            findings["instance_of_no_source"] += 1
    return findings


def _drawn(
    sample: Sample | None, instances: Collection[str], objects: Sequence[Path]
) -> frozenset[str]:
    """Return the instances, and the names of objects, whose text is read."""
    if sample is None:
        return frozenset()
    names = (name for tar in objects for name, _ in members(tar))
    return frozenset(sample.drawn(instances) | sample.drawn(names))


def _share_read(sample: Sample | None, instances: int) -> float:
    if sample is None or not instances:
        return 0.0
    return min(1.0, (sample.instances or instances) / instances)


def _applies(key: str, outputs: Outputs, names: Names | None, sample: Sample | None) -> bool:
    needs = {
        "objects": bool(outputs.objects),
        "graph": bool(outputs.objects) and names is not None,
        "patients": names is not None,
        "unchanged": names is not None,
        "ledger": names is not None,
        "text": sample is not None,
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
            logs_in(Path(job.value("local.logs"))),
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
                partial(_text_check, reader, sample),
                declared_vocabulary() if exports and exports.clean_descriptors else frozenset(),
                job.progress,
                params.audit.workers,
            )
        )


def _text_check(reader: ReaderProcess, sample: Sample, harvest: Harvest) -> TextCheck:
    return TextCheck(reader.read, harvest.texts, sample)


def declared_vocabulary() -> frozenset[str]:
    """Return the declared words that may stay of a description."""
    text = VOCABULARY.read_text(encoding="ascii")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return frozenset(" ".join(lines).lower().split())


if __name__ == "__main__":
    main()
