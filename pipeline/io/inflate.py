"""Deflated bytes, read at any place and never whole in memory."""

import io
import zlib
from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, BinaryIO, NamedTuple

from pipeline.io.bounds import MIB, allowed_bytes
from pipeline.io.readers import SeekableReader
from pipeline.io.unusable import UnusableError

CHUNK = 1 << 16
# Each checkpoint holds some 100 KiB. When there are more, every second is given up.
MOST_CHECKPOINTS = 64
LEAST_SPACING = 4 * MIB


class Checkpoint(NamedTuple):
    """The state of inflating: how many bytes came out, where packed bytes go on, and the rest."""

    position: int
    offset: int
    inflater: Any


class Inflater:
    """Inflates `stream` from `start` on, in order; going back costs little.

    It keeps checkpoints as it goes, at most `MOST_CHECKPOINTS` of them, the wider apart the further
    it has come. Raises zlib.error where the stream is damaged or breaks off.
    """

    def __init__(self, stream: BinaryIO, start: int, known: Iterable[Checkpoint] = ()) -> None:
        self._stream = stream
        first = Checkpoint(0, start, zlib.decompressobj(-zlib.MAX_WBITS))
        self._checkpoints = [*known] or [first]
        self._spacing = LEAST_SPACING
        self._resume(self._checkpoints[0])

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """What another inflater of the same bytes may start with."""
        return tuple(self._checkpoints)

    def _resume(self, checkpoint: Checkpoint) -> None:
        self.position, self._offset = checkpoint.position, checkpoint.offset
        self._inflater = checkpoint.inflater.copy()

    def go_to(self, position: int) -> int:
        """Let `read` go on from a position, or from the end where that comes first; return it."""
        number = bisect_right(self._checkpoints, position, key=attrgetter("position"))
        nearest = self._checkpoints[number - 1]
        if not nearest.position <= self.position <= position:
            self._resume(nearest)
        while self.position < position and self.read(min(CHUNK, position - self.position)):
            pass
        return self.position

    def read(self, most: int) -> bytes:
        """Return what comes next, at most so many bytes, which are not 0; nothing at the end."""
        content = b""
        while not content and not self._inflater.eof:
            content = self._step(most)
        self.position += len(content)
        if self.position - self._checkpoints[-1].position >= self._spacing:
            self._keep()
        return content

    def _step(self, most: int) -> bytes:
        pending = self._inflater.unconsumed_tail
        if not pending:
            self._stream.seek(self._offset)
            pending = self._stream.read(CHUNK)
            self._offset += len(pending)
        content: bytes = self._inflater.decompress(pending, most)
        if not pending and not content and not self._inflater.eof:
            raise zlib.error("breaks off")
        return content

    def _keep(self) -> None:
        here = Checkpoint(self.position, self._offset, self._inflater.copy())
        self._checkpoints.append(here)
        if len(self._checkpoints) > MOST_CHECKPOINTS:
            del self._checkpoints[1::2]
            self._spacing *= 2


class InflatingReader(SeekableReader):
    """A deflated data set (PS3.5 A.5): inflates `stream` from its current position on.

    Raises UnusableError `truncated` where the deflated stream breaks off, and `deflate_bomb` where
    it grows to far more than its size.
    """

    def __init__(self, stream: BinaryIO) -> None:
        start = stream.tell()
        self._limit = allowed_bytes(stream.seek(0, io.SEEK_END) - start)
        self._inflater = Inflater(stream, start)

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one step of inflating goes; return 0 at the end only."""
        try:
            content = self._inflater.read(len(buffer))
        except zlib.error:
            raise UnusableError("truncated", "deflated data set") from None
        buffer[: len(content)] = content
        self._arrive(self._inflater.position)
        return len(content)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position, or to the end where that comes first, by inflating up to it."""
        if whence == io.SEEK_CUR:
            offset += self._position
        elif whence == io.SEEK_END:
            offset += self._inflate_to(self._limit + 1)
        return self._inflate_to(offset)

    def _inflate_to(self, position: int) -> int:
        try:
            self._arrive(self._inflater.go_to(max(0, min(position, self._limit + 1))))
        except zlib.error:
            raise UnusableError("truncated", "deflated data set") from None
        return self._position

    def _arrive(self, position: int) -> None:
        self._position = position
        if position > self._limit:
            raise UnusableError("deflate_bomb")
