"""Every exported DICOM object: its header, its digest in the ledger, and the pixels of some."""

import tarfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from pydicom.dataset import Dataset

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
        self.findings: Counter[str] = Counter()
        self._sources, self._instances, self._text = sources, instances, text
        self._stated, self._seen = stated, DigestSet()
        self._check = ObjectCheck(sources.harvest.texts, options)

    def run(self, tars: Sequence[Path]) -> None:
        """Check all members of the tars."""
        drawn = self._drawn(tars)
        for path, name, handle in members(tars):
            self.checked += 1
            self._seen.add(digest(sha256_stream(handle).encode()))
            try:
                handle.seek(0)
                header, found = self._check.check(name, handle)
                if self._sources.graph:
                    self._sources.graph.add_export(header)
                if name in drawn:
                    found += self._pixels(header, handle)
            except Exception:  # the text of an exception may quote the object
                found = Counter({"object_unreadable": 1})
            self.findings.update({f"{kind} {path.name}": count for kind, count in found.items()})
        if self._stated is not None:
            self.findings["object_not_as_in_ledger"] += self._seen.others(self._stated)
            self.findings["object_of_ledger_missing"] += self._stated.others(self._seen)

    def _drawn(self, tars: Sequence[Path]) -> set[str]:
        if self._text is None:
            return set()
        return self._text.sample.drawn(name for _, name, _ in members(tars))

    def _pixels(self, header: Dataset, handle: BinaryIO) -> Counter[str]:
        """Read the text of a drawn object; outside the sector it must be black if it says so."""
        assert self._text is not None
        uid = str(header.SOPInstanceUID)
        stated = self._instances.get(self._sources.instances.get(digest(uid.encode()), ""))
        claims = header.get("BurnedInAnnotation") == "NO"
        handle.seek(0)
        frames = decode_frames(cast(Any, handle))
        count = int(header.get("NumberOfFrames") or 1)
        found: Counter[str] = Counter()
        for frame in self._text.read_instance(uid, frames, count):
            found["pixels_outside_sector"] += bool(
                claims and stated and bright_outside(frame, stated.box)
            )
        return found
