"""Tars that gzip packed: the stream of their bytes, and large members inflated as they are read."""

import io
import sys
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from pipeline.io.inflate import GZIP, Checkpoint, InflatingReader
from pipeline.io.members import CHUNK, InflatedMember, file_state
from pipeline.io.unusable import SourceError


class GzipReader(InflatingReader):
    """What a gzip file unpacks to. Closes the file when it is closed."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        super().__init__(self._file, GZIP)
        self._limit = sys.maxsize  # those who list it have their own

    def content(self, place: int, size: int) -> bytes:
        """Return so many bytes from a place on, fewer at the end only."""
        return self._inflater.read_at(place, size)

    def checkpoint(self, place: int) -> Checkpoint:
        """Return from where a place may be reached again."""
        self._inflater.go_to(place)
        return self._inflater.here()

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()


class _Extent(NamedTuple):
    """Where a member lies in which state of a file."""

    path: Path
    state: tuple[int, ...]
    start: int
    size: int


def open_gzip(path: Path, _: str) -> BinaryIO:
    """Open what a gzip file unpacks to as `gzip.open` does, but to go back in at little cost."""
    return io.BufferedReader(GzipReader(path), CHUNK)


def open_inflated(path: Path, whole: GzipReader, start: int, size: int) -> BinaryIO:
    """Open a member of the tar at `path`, whose bytes are `whole`, after it was read once.

    Raises exceptions of any kind where it is damaged. Reading raises SourceError when the file is
    damaged after that.
    """
    extent = _Extent(path, file_state(path), start, size)
    return cast(BinaryIO, _open(extent, _checkpoints(extent, whole)))


def _open(extent: _Extent, known: tuple[Checkpoint, ...]) -> InflatedMember:
    return InflatedMember(extent.path.open("rb"), GZIP, extent.start, extent.size, known)


@lru_cache(maxsize=2)
def _checkpoints(extent: _Extent, whole: GzipReader) -> tuple[Checkpoint, ...]:
    """Read a member once to its end; return where inflating may begin in it.

    The first is where the member begins: what lies before it, maybe a hundred gigabytes, is
    inflated once for all members, by `whole`.
    """
    with _open(extent, (whole.checkpoint(extent.start),)) as reader:
        while reader.read(CHUNK):
            pass
        if reader.tell() != extent.size:
            raise SourceError("unreadable_member")
        return reader.checkpoints
