"""What the archive says of its patients, as the audit reads it: values, identities, dates."""

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.graph import Graph, patient_of
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.retained import retained_tags
from pipeline.deidentify.audit.search import DigestMap, digest, eight_bytes
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.part10 import open_dicom
from pipeline.io.sources import Source, walk_sources
from pipeline.io.unusable import SourceError

PROGRESS_EVERY = 200
# PS3.5, section 9.1.
UID, LONGEST_UID = re.compile(r"(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*))*"), 64


@dataclass(frozen=True)
class Names:
    """How the study names things; the audit is told, to pair what leaves with its source."""

    rename_uid: Callable[[str], str]
    instance_of: Callable[[bytes], str]
    key: bytes = field(repr=False)

    def retaining_uids(self) -> "Names":
        """Return names for exports that keep UIDs: what is no UID is replaced all the same."""

        def rename(uid: str) -> str:
            return uid if UID.fullmatch(uid) and len(uid) <= LONGEST_UID else self.rename_uid(uid)

        return replace(self, rename_uid=rename)


@dataclass
class Sources:
    """What the archive says: what to search for, the graph, and who each instance is of.

    `patients` are digests of patients by those of instances, `instances` the pseudonyms, as bytes,
    by the digests of the new UIDs.
    """

    harvest: Harvest
    graph: Graph | None
    patients: DigestMap = field(default_factory=DigestMap)
    instances: DigestMap = field(default_factory=lambda: DigestMap(16))
    findings: Findings = field(default_factory=Findings)

    def add(
        self, relative: bytes, handle: BinaryIO | None, names: Names | None, instance: str
    ) -> None:
        """Read one source; `instance` is empty where nothing was written of it.

        Such a source is harvested alone: one that ingest set aside may have the UID of another, and
        a patient of its own.
        """
        dataset = self.harvest.add_source(relative, handle)
        if dataset is None or names is None or not instance:
            return
        try:
            patient, uid = patient_of(dataset), str(dataset.SOPInstanceUID)
        except Exception:  # of a damaged file nothing may leave: it is then of no source
            return
        self.patients.add(digest(instance.encode()), eight_bytes(digest(patient.encode())))
        if self.graph:
            new = names.rename_uid(uid)
            self.instances.add(digest(new.encode()), bytes.fromhex(instance))
            self.graph.add_source(dataset)

    def patient_of(self, instance: str) -> int | None:
        """Return the digest of the patient that an instance is of, None for one of no source."""
        held = self.patients.get(digest(instance.encode()))
        return None if held is None else int.from_bytes(held, "little")

    def instance_of(self, uid: str) -> str:
        """Return the pseudonym of the instance that has a new UID, or nothing."""
        return (self.instances.get(digest(uid.encode())) or b"").hex()

    def compare(self, source: Source, instance: str, stated: Mapping[str, int]) -> None:
        """Note when the file of an instance is not the one that ingest read."""
        try:
            same = digest(source.sha256().encode()) == stated[instance]
        except (OSError, SourceError):
            same = False
        self.findings.note("source_not_as_ingested", f"instance {instance}", not same)


def opened(source: Source) -> AbstractContextManager[BinaryIO | None]:
    """Open a source as DICOM, or as the bytes that it has; None if it cannot be read at all."""
    try:
        try:
            return open_dicom(source)
        except (OSError, SourceError):
            raise
        except Exception:  # its beginning is damaged, what it says of somebody need not be
            return source.open()
    except (OSError, SourceError):  # nothing of it was used either
        return nullcontext()


def read_sources(
    raw: Path,
    options: ProfileOptions | None,
    vocabulary: frozenset[str],
    names: Names | None,
    stated: Mapping[str, int],
    progress: Callable[[str], None],
) -> Sources:
    """Harvest the archive at `raw`, one file at a time.

    `stated` are digests, in 8 bytes, of the SHA-256 that ingest wrote of each instance: of a file
    that is another one by now nobody can tell what has left.
    """
    retained = retained_tags(options) if options else frozenset()
    dates = options.longitudinal if options else "removed"
    harvest = Harvest(retained, vocabulary, plain_dates=dates == "removed")
    graph = Graph(names.rename_uid, dates == "modified") if names and options else None
    sources = Sources(harvest, graph)
    for source in walk_sources(raw):
        name = names.instance_of(source.relative) if names else ""
        instance = name if name in stated else ""
        with opened(source) as handle:
            sources.add(source.relative, handle, names, instance)
        if instance:
            sources.compare(source, instance, stated)
        if harvest.sources % PROGRESS_EVERY == 0:
            progress(f"{harvest.sources} source files harvested")
    return sources
