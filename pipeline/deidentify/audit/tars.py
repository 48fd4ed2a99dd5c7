"""Check the tars of images and of exported objects, each by itself, so that some can side by side.

What one tar cannot tell, as whether a patient became two in two tars, is compared when what came
of all is merged.
"""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.deidentify.audit.doubtful import ByteSearch
from pipeline.deidentify.audit.exports import ObjectsAudit
from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.frame_table import Instance
from pipeline.deidentify.audit.frames import FrameCheck
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.moved import Moved
from pipeline.deidentify.audit.pixel_text import TextCheck
from pipeline.deidentify.audit.search import DigestSet
from pipeline.deidentify.audit.sources import WORKERS_KEY, Sources
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.io.workers import side_by_side


@dataclass
class Found:
    """What came of tars.

    `frames_of_table` are the images that have a row in the table of frames, `seen` the digests of
    the objects, `spellings` and `patterns` those of what was found of the harvest, `review` the
    images in which a person should look at the text.
    """

    findings: Findings = field(default_factory=Findings)
    frames: int = 0
    frames_of_table: int = 0
    objects: int = 0
    images_read: int = 0
    review: list[str] = field(default_factory=list)
    grey_levels: set[int] = field(default_factory=set)
    spellings: set[int] = field(default_factory=set)
    patterns: set[int] = field(default_factory=set)
    moved: Moved = field(default_factory=Moved)
    seen: DigestSet = field(default_factory=DigestSet)

    def merge(self, other: "Found", tar: str) -> None:
        """Add what came of the tar of this name."""
        self.findings.merge(other.findings)
        self.frames += other.frames
        self.frames_of_table += other.frames_of_table
        self.objects += other.objects
        self.images_read += other.images_read
        self.review += other.review
        self.grey_levels |= other.grey_levels
        self.spellings |= other.spellings
        self.patterns |= other.patterns
        self.moved.merge(other.moved, tar)
        self.seen.merge(other.seen)


@dataclass(frozen=True)
class Tars:
    """How a tar is checked: against what the archive and the tables say, and whose text is read.

    `stated` are digests of the objects that the ledger has, `drawn` instances and names of objects.
    """

    table: Path
    objects: Collection[Path]
    sources: Sources
    instances: Mapping[str, Instance]
    options: ProfileOptions | None
    stated: DigestSet | None
    text: Callable[[Harvest], TextCheck] | None
    drawn: Container[str]
    progress: Callable[[str], None]

    def check_all(self, tars: Sequence[Path], workers: int) -> Found:
        """Check all tars, so many side by side; the harvest learns what was found of it."""
        found = Found()
        for tar, one in side_by_side(self.check, tars, workers, WORKERS_KEY):
            found.merge(one, tar.name)
        harvest = self.sources.harvest
        harvest.texts.found |= found.spellings
        harvest.bytes.found |= found.patterns
        found.findings.merge(found.moved.findings)
        due = sum(instance.frames for instance in self.instances.values())
        found.findings["frames_missing"] += due - found.frames_of_table
        if self.stated is not None:
            found.findings["object_of_ledger_missing"] += self.stated.others(found.seen)
        return found

    def check(self, tar: Path) -> Found:
        """Check a tar: all its members, then all its bytes."""
        harvest = self.sources.harvest
        text = self.text(harvest) if self.text else None
        found, kept = Found(), set[int]()
        if tar in self.objects:
            kept = self._check_objects(tar, text, found)
        else:
            self._check_frames(tar, text, found)
        self.progress(f"{tar.parent.name}/{tar.name}: searching its bytes")
        in_bytes = ByteSearch(harvest.bytes, self.objects, kept)
        in_bytes.run([tar])
        found.findings.merge(in_bytes.findings)
        found.grey_levels = in_bytes.grey_levels
        if text:
            found.findings.merge(text.findings)
            found.images_read, found.review = text.images, text.review
        found.spellings, found.patterns = harvest.texts.found, harvest.bytes.found
        return found

    def _check_frames(self, tar: Path, text: TextCheck | None, found: Found) -> None:
        wanted = self.sources.harvest.texts
        frames = FrameCheck(self.table, self.instances, wanted, text, self.drawn)
        frames.check(tar, self.progress)
        found.findings.merge(frames.findings)
        found.frames, found.frames_of_table = frames.checked, frames.came

    def _check_objects(self, tar: Path, text: TextCheck | None, found: Found) -> set[int]:
        """Return the patterns of bytes that belong to values which options keep."""
        if self.options is None:
            raise ValueError("exported objects are judged by the options of their profile")
        objects = ObjectsAudit(
            self.sources, self.options, self.instances, text, self.stated, self.drawn
        )
        objects.run(tar, self.progress)
        found.findings.merge(objects.findings)
        found.objects, found.moved, found.seen = objects.checked, objects.moved, objects.seen
        return objects.kept_patterns
