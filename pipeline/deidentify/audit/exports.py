"""Every exported DICOM object: its header, its digest in the ledger, and the pixels of some."""

import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydicom.dataset import Dataset

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import Instance
from pipeline.deidentify.audit.frames import bright_outside
from pipeline.deidentify.audit.objects import ObjectCheck
from pipeline.deidentify.audit.pixel_text import TextCheck
from pipeline.deidentify.audit.search import DigestSet, digest
from pipeline.deidentify.audit.sources import Sources
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.dicom import decode_frames
from pipeline.io.hashing import sha256_stream
from pipeline.io.shards import members_of


def members(tars: Sequence[Path]) -> Iterator[tuple[Path, str, BinaryIO]]:
    """Yield (tar, name, handle) for each member of the exported objects' tars."""
    for path in tars:
        with tarfile.open(path, "r:") as tar:
            for member in members_of(tar):
                handle = tar.extractfile(member)
                if handle is not None:
                    yield path, member.name, cast(BinaryIO, handle)


class ObjectsAudit:
    """Checks every exported object, and decodes the drawn ones.

    `stated` are the digests that the ledger has of them, in digests of 8 bytes, None where there is
    no ledger.
    """

    def __init__(
        self,
        sources: Sources,
        options: ProfileOptions,
        instances: Mapping[str, Instance],
        text: TextCheck | None,
        stated: DigestSet | None,
    ) -> None:
        self.checked = 0
        self.findings = Findings()
        self._sources, self._instances, self._text = sources, instances, text
        self._stated, self._seen = stated, DigestSet()
        self._check = ObjectCheck(sources.harvest.texts, options)

    def run(self, tars: Sequence[Path]) -> None:
        """Check all members of the tars."""
        drawn = self._drawn(tars)
        for path, name, handle in members(tars):
            self.checked += 1
            place = place_of(name, self.checked, self._sources)
            self._compare_with_ledger(handle, place)
            try:
                handle.seek(0)
                header, found = self._check.check(name, handle)
                if self._sources.graph:
                    self._sources.graph.add_export(header, place)
                if name in drawn:
                    outside = self._bright_frames(header, handle, place)
                    self.findings.note(f"pixels_outside_sector {path.name}", place, outside)
            except Exception:  # the text of an exception may quote the object
                found = Findings()
                found["object_unreadable"] = 1
            for kind, count in found.items():
                where = ", ".join((place, *found.places.get(kind, ())))
                self.findings.note(f"{kind} {path.name}", where, count)
        if self._stated is not None:
            self.findings["object_of_ledger_missing"] += self._stated.others(self._seen)

    def _compare_with_ledger(self, handle: BinaryIO, place: str) -> None:
        if self._stated is not None:
            found = digest(sha256_stream(handle).encode())
            unknown = found not in self._seen and found not in self._stated
            self.findings.note("object_not_as_in_ledger", place, unknown)
            self._seen.add(found)

    def _drawn(self, tars: Sequence[Path]) -> set[str]:
        if self._text is None:
            return set()
        return self._text.sample.drawn(name for _, name, _ in members(tars))

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
