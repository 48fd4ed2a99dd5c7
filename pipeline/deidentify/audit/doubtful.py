"""Search every byte that was written; what may be grey levels is no finding among grey levels.

A damaged length makes one text of pixels, and readable bytes of no known kind may be pixels too
(lawful.py). Looked for like any other value, such a text is found in the pixels of other, alike
images. That would stop a study for one bad file of a million, and tell nothing about anybody: the
pixels are what a reader of images saw and masked, and any letters among their bytes would be faint
dots in the picture. A name of ten letters, too, is ten pixels somewhere in a million images. So
what no other value gave, or chance may give in so many pixels, and what lies in the value of Pixel
Data of exported objects alone, is counted and does not stop the study. Everywhere else (headers,
names, tables, logs, pictures, bytes around the pixels) it does, and so does every other value
anywhere.
"""

import tarfile
from collections.abc import Collection, Iterator, Sequence, Set
from pathlib import Path
from typing import BinaryIO, cast

from pydicom import dcmread

from pipeline.deidentify.audit.findings import Findings
from pipeline.deidentify.audit.raw_search import RawSearcher
from pipeline.deidentify.audit.stream import pixel_faults, pixel_length
from pipeline.io.shards import members_of

Span = tuple[int, int]


class ByteSearch:
    """Searches files; `grey_levels` are the digests of patterns that were in pixels alone.

    `kept` are patterns in values that options keep in `objects`, among whose bytes they must be.
    """

    def __init__(
        self, wanted: RawSearcher, objects: Collection[Path], kept: Set[int] = frozenset()
    ) -> None:
        self.findings = Findings()
        self.grey_levels = set[int]()
        self._wanted, self._objects, self._kept = wanted, objects, kept

    def run(self, files: Sequence[Path]) -> None:
        """Count the patterns in each file."""
        for path in files:
            found = self._wanted.find_in_file(path)
            if path in self._objects:
                found -= self._kept
            doubtful = self._wanted.doubtful(found) if path in self._objects else set[int]()
            if doubtful:
                doubtful -= self._outside_pixels(path)
            self.grey_levels |= doubtful
            self._wanted.found |= found - doubtful
            self.findings[f"value_in_bytes {path.name}"] += len(found - doubtful)

    def _outside_pixels(self, tar: Path) -> set[int]:
        return {one for content in contents_but_pixels(tar) for one in self._wanted.find(content)}


def contents_but_pixels(path: Path) -> Iterator[bytes]:
    """Yield all bytes of a tar of objects but the values of Pixel Data, in pieces between these."""
    with path.open("rb") as handle:
        for start, end in _pixel_spans(path):
            yield handle.read(start - handle.tell())
            handle.seek(end)
        yield handle.read()


def _pixel_spans(path: Path) -> Iterator[Span]:
    """Yield where in a tar the value of Pixel Data of each member begins and ends."""
    with tarfile.open(path, "r:") as tar:
        for member in members_of(tar):
            handle = tar.extractfile(member)
            start, end = _pixels_of(cast(BinaryIO, handle)) if handle else (0, 0)
            yield member.offset_data + start, member.offset_data + end


def _pixels_of(handle: BinaryIO) -> Span:
    """Return where an object's pixels begin and end; of one with a fault nothing is pixels.

    More or fewer bytes than its image has are a finding of their own (objects.py).
    """
    try:
        header = dcmread(handle, stop_before_pixels=True)
        length = pixel_length(handle, header.file_meta.TransferSyntaxUID)
        start = handle.tell()
        if length is None or list(pixel_faults(handle, length, None)):
            return 0, 0
        return start, handle.tell()
    except Exception:  # of what the check of objects makes a finding
        return 0, 0
