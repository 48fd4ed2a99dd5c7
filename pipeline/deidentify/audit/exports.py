"""Every exported DICOM object: its header, its digest in the ledger, and the pixels of some."""

import tarfile
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import Instance
from pipeline.deidentify.audit.frames import bright_outside
from pipeline.deidentify.audit.kept import KeptBytes
from pipeline.deidentify.audit.moved import Moved
from pipeline.deidentify.audit.objects import ObjectCheck
from pipeline.deidentify.audit.pixel_text import TextCheck
from pipeline.deidentify.audit.search import DigestSet, digest
from pipeline.deidentify.audit.sources import Sources
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.dicom import decode_frames
from pipeline.io.hashing import sha256_stream
from pipeline.io.shards import members_of

PROGRESS_EVERY = 200


def members(path: Path) -> Iterator[tuple[str, BinaryIO]]:
    """Yield (name, handle) for each member of a tar of exported objects."""
    with tarfile.open(path, "r:") as tar:
        for member in members_of(tar):
            handle = tar.extractfile(member)
            if handle is not None:
                yield member.name, cast(BinaryIO, handle)


class ObjectsAudit:
    """Checks every exported object of a tar, and reads the text of the `drawn` ones.

    `stated` are the digests that the ledger has of all objects, in digests of 8 bytes, None where
    there is no ledger; `seen` are those of the objects that were checked, `moved` what became of
    their UIDs, patients and dates.
    """

    def __init__(
        self,
        sources: Sources,
        options: ProfileOptions,
        instances: Mapping[str, Instance],
        text: TextCheck | None,
        stated: DigestSet | None,
        drawn: Container[str],
    ) -> None:
        self.checked = 0
        self.findings, self.moved, self.seen = Findings(), Moved(), DigestSet()
        self._sources, self._instances, self._text = sources, instances, text
        self._stated, self._drawn = stated, drawn
        harvest = sources.harvest
        self._kept = KeptBytes(harvest.bytes)
        self._check = ObjectCheck(harvest.texts, options, harvest.kept, self._kept)

    def run(self, path: Path, progress: Callable[[str], None]) -> None:
        """Check all members of a tar."""
        for name, handle in members(path):
            self.checked += 1
            if self.checked % PROGRESS_EVERY == 0:
                progress(f"{path.name}: {self.checked} objects checked")
            place = place_of(name, self.checked, self._sources)
            self._compare_with_ledger(handle, place)
            try:
                handle.seek(0)
                header, found = self._check.check(name, handle)
                if self._sources.graph:
                    self.moved.compare(self._sources.graph, header, place)
                if name in self._drawn:
                    outside = self._bright_frames(header, handle, place)
                    self.findings.note(f"pixels_outside_sector {path.name}", place, outside)
            except Exception:  # the text of an exception may quote the object
                found = Findings()
                found["object_unreadable"] = 1
            for kind, count in found.items():
                where = ", ".join((place, *found.places.get(kind, ())))
                self.findings.note(f"{kind} {path.name}", where, count)

    @property
    def kept_patterns(self) -> set[int]:
        """Return which patterns are looked for among bytes that values have which options keep."""
        return self._kept.patterns

    def _compare_with_ledger(self, handle: BinaryIO, place: str) -> None:
        if self._stated is not None:
            found = digest(sha256_stream(handle).encode())
            unknown = found not in self.seen and found not in self._stated
            self.findings.note("object_not_as_in_ledger", place, unknown)
            self.seen.add(found)

    def _bright_frames(self, header: Dataset, handle: BinaryIO, place: str) -> int:
        """Read the text of a drawn object; return how many frames say black where they are not."""
        assert self._text is not None
        uid = str(header.SOPInstanceUID)
        instance = self._sources.instance_of(uid)
        stated = self._instances.get(instance)
        # A UID that is none of ours may be the source's: it is not told.
        name = uid if instance or not self._sources.instances else place
        claims = header.get("BurnedInAnnotation") == "NO"
        handle.seek(0)
        frames = decode_frames(cast(Any, handle))
        count = int(header.get("NumberOfFrames") or 1)
        return sum(
            bool(claims and stated and bright_outside(frame, stated.box))
            for frame in self._text.read_instance(name, frames, count)
        )


def place_of(name: str, number: int, sources: Sources) -> str:
    """Return which instance an object is, by its name in the tar, or else its number."""
    instance = sources.instance_of(name.removesuffix(".dcm"))
    return f"instance {instance}" if instance else f"object number {number}"
