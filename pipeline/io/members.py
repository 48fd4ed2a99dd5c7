"""A large member of an archive, inflated as it is read: never whole in memory, nor on disk."""

import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from pipeline.io.bounds import MIB
from pipeline.io.inflate import Checkpoint, Inflater
from pipeline.io.readers import SizedReader
from pipeline.io.unusable import SourceError

# Smaller ones are read faster in memory, and cost little of it.
LEAST_STREAMED_BYTES = 8 * MIB
# As much of a member is inflated ahead of what is asked for.
CHUNK = 1 << 16


def file_state(path: Path) -> tuple[int, ...]:
    """Return what changes when the file at `path` is written or replaced. Raises OSError."""
    now = path.stat()
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns


def is_large(size: int) -> bool:
    """Return whether a member of so many bytes should not lie in memory."""
    return size > LEAST_STREAMED_BYTES


class InflatedMember(SizedReader):
    """`size` bytes from `start` on of what a stream inflates to; the stream is closed with it.

    Raises SourceError where the stream is damaged.
    """

    def __init__(
        self, stream: BinaryIO, frame: int, start: int, size: int, known: Iterable[Checkpoint]
    ) -> None:
        super().__init__(size)
        self._stream, self._start = stream, start
        self._ahead, self._ahead_from = b"", 0
        self._inflater = Inflater(stream, 0, frame, known)

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """What another reader of the same member may start with."""
        return self._inflater.checkpoints

    # Not by io.BufferedReader: pydicom takes one for a file on disk, and asks for its name.
    def _content(self, size: int) -> bytes:
        if size >= CHUNK:
            return self._inflated(size)
        within = self._position - self._ahead_from
        if not 0 <= within <= len(self._ahead) - size:
            self._ahead = self._inflated(min(CHUNK, self._size - self._position))
            self._ahead_from, within = self._position, 0
        return self._ahead[within : within + size]

    def _inflated(self, size: int) -> bytes:
        try:
            return self._inflater.read_at(self._start + self._position, size)
        except zlib.error:
            raise SourceError("unreadable_member") from None

    def close(self) -> None:
        """Close the stream too."""
        self._stream.close()
        super().close()
