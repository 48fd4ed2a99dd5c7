"""What the archive says of its patients, as the audit reads it: values, identities, dates."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pipeline.deidentify.audit.graph import Graph, patient_of
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.retained import retained_tags
from pipeline.deidentify.audit.search import digest
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.archives import SourceError
from pipeline.io.part10 import open_dicom
from pipeline.io.sources import walk_sources

PROGRESS_EVERY = 200


@dataclass(frozen=True)
class Names:
    """How the study names things; the audit is told, to pair what leaves with its source."""

    rename_uid: Callable[[str], str]
    instance_of: Callable[[bytes], str]
    key: bytes = field(repr=False)


@dataclass
class Sources:
    """What the archive says: what to search for, the graph, and who each instance is of."""

    harvest: Harvest
    graph: Graph | None
    patients: dict[str, int] = field(default_factory=dict)
    instances: dict[int, str] = field(default_factory=dict)

    def add(self, relative: bytes, handle: BinaryIO | None, names: Names | None) -> None:
        """Read one source."""
        dataset = self.harvest.add_source(relative, handle)
        if dataset is None or names is None:
            return
        try:
            patient, uid = patient_of(dataset), str(dataset.SOPInstanceUID)
        except Exception:  # of a damaged file nothing may leave: it is then of no source
            return
        instance = names.instance_of(relative)
        self.patients[instance] = digest(patient.encode())
        if self.graph:
            # An exact copy of an object under another name is one object.
            new = names.rename_uid(uid)
            self.instances.setdefault(digest(new.encode()), instance)
            self.graph.add_source(dataset)


def read_sources(
    raw: Path,
    options: ProfileOptions | None,
    vocabulary: frozenset[str],
    names: Names | None,
    progress: Callable[[str], None],
) -> Sources:
    """Harvest the archive at `raw`, one file at a time."""
    retained = retained_tags(options) if options else frozenset()
    dates = options.longitudinal if options else "removed"
    harvest = Harvest(retained, vocabulary, plain_dates=dates == "removed")
    graph = Graph(names.rename_uid, dates == "modified") if names and options else None
    sources = Sources(harvest, graph)
    for source in walk_sources(raw):
        with ExitStack() as stack:
            try:
                handle = stack.enter_context(open_dicom(source))
            except (OSError, SourceError):  # nothing of it was used either
                handle = None
            sources.add(source.relative, handle, names)
        if harvest.sources % PROGRESS_EVERY == 0:
            progress(f"{harvest.sources} source files harvested")
    return sources
