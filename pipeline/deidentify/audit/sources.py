"""What the archive says of its patients, as the audit reads it: values, identities, dates."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.graph import Graph, patient_of
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.retained import retained_tags, unchanged_tags
from pipeline.deidentify.audit.search import DigestMap, digest, eight_bytes
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.batches import in_batches
from pipeline.io.part10 import open_dicom
from pipeline.io.sources import Source, walk_sources
from pipeline.io.unusable import SourceError
from pipeline.io.workers import side_by_side

FILES_AT_ONCE, PROGRESS_EVERY = 50, 200
WORKERS_KEY = "deidentify.audit.workers"
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
        return replace(self, rename_uid=partial(_retained_or, self.rename_uid))


def _retained_or(rename_uid: Callable[[str], str], uid: str) -> str:
    return uid if UID.fullmatch(uid) and len(uid) <= LONGEST_UID else rename_uid(uid)


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

    def compare(self, source: Source, instance: str, stated: int) -> None:
        """Note when the file of an instance is not the one that ingest read."""
        try:
            same = digest(source.sha256().encode()) == stated
        except (OSError, SourceError):
            same = False
        self.findings.note("source_not_as_ingested", f"instance {instance}", not same)

    def merge(self, other: "Sources") -> None:
        """Add what other files say."""
        self.harvest.merge(other.harvest)
        if self.graph and other.graph:
            self.graph.merge(other.graph)
        self.patients.merge(other.patients)
        self.instances.merge(other.instances)
        self.findings.merge(other.findings)


class Asked(NamedTuple):
    """A file of the archive, the instance that it became, and the digest that ingest has of it.

    No instance, and no digest, where nothing was written of it.
    """

    source: Source
    instance: str
    stated: int


@dataclass(frozen=True)
class Reading:
    """How files are read: the options of the exported objects, words that may leave, names."""

    options: ProfileOptions | None
    vocabulary: frozenset[str]
    names: Names | None

    def nothing(self) -> Sources:
        """Return what an archive without files says."""
        retained = retained_tags(self.options) if self.options else frozenset()
        dates = self.options.longitudinal if self.options else "removed"
        unchanged = unchanged_tags(self.options) if self.options else frozenset()
        harvest = Harvest(retained, self.vocabulary, dates == "removed", unchanged)
        graph = None
        if self.names and self.options:
            graph = Graph(self.names.rename_uid, dates == "modified")
        return Sources(harvest, graph)

    def read(self, files: Sequence[Asked]) -> Sources:
        """Return what some files say, one after the other."""
        sources = self.nothing()
        for source, instance, stated in files:
            with opened(source) as handle:
                sources.add(source.relative, handle, self.names, instance)
            if instance:
                sources.compare(source, instance, stated)
        return sources


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
    workers: int,
    progress: Callable[[str], None],
) -> Sources:
    """Harvest the archive at `raw`, some files at a time, in `workers` processes.

    `stated` are digests, in 8 bytes, of the SHA-256 that ingest wrote of each instance: of a file
    that is another one by now nobody can tell what has left.
    """
    reading = Reading(options, vocabulary, names)
    sources = reading.nothing()
    files = in_batches(_asked(raw, names, stated), FILES_AT_ONCE)
    for _, found in side_by_side(reading.read, files, workers, WORKERS_KEY):
        sources.merge(found)
        if sources.harvest.sources % PROGRESS_EVERY < FILES_AT_ONCE:
            progress(f"{sources.harvest.sources} source files harvested")
    return sources


def _asked(raw: Path, names: Names | None, stated: Mapping[str, int]) -> Iterator[Asked]:
    for source in walk_sources(raw):
        instance = names.instance_of(source.relative) if names else ""
        known = stated.get(instance)
        yield Asked(source, "", 0) if known is None else Asked(source, instance, known)
