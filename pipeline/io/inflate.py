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
# What zlib calls a stream without any frame, and one or more in gzip's frame.
RAW, GZIP = -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS
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

    def __init__(
        self, stream: BinaryIO, start: int, frame: int = RAW, known: Iterable[Checkpoint] = ()
    ) -> None:
        self._stream, self._frame = stream, frame
        first = Checkpoint(0, start, zlib.decompressobj(frame))
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
        while not content and not self._at_end():
            content = self._step(most)
        self.position += len(content)
        if self.position - self._checkpoints[-1].position >= self._spacing:
            self._keep()
        return content

    def read_at(self, position: int, size: int) -> bytes:
        """Return `size` bytes from a position on, fewer at the end only."""
        parts, end = [], position + size
        here = self.go_to(position)
        while here < end and (part := self.read(end - here)):
            parts.append(part)
            here += len(part)
        return b"".join(parts)

    def here(self) -> Checkpoint:
        """Return the present state."""
        return Checkpoint(self.position, self._offset, self._inflater.copy())

    def _step(self, most: int) -> bytes:
        pending = self._inflater.unconsumed_tail or self._take()
        content: bytes = self._inflater.decompress(pending, most)
        if not pending and not content and not self._inflater.eof:
            raise zlib.error("breaks off")
        return content

    def _take(self) -> bytes:
        self._stream.seek(self._offset)
        packed = self._stream.read(CHUNK)
        self._offset += len(packed)
        return packed

    def _at_end(self) -> bool:
        """Return whether nothing is left; begin with the next where gzip's frames follow."""
        if not self._inflater.eof:
            return False
        if self._frame == RAW:
            return True
        # Frames may be padded with zeros.
        packed = self._inflater.unused_data or self._take()
        while packed and not packed.strip(b"\0"):
            packed = self._take()
        if packed:
            self._offset -= len(packed.lstrip(b"\0"))
            self._inflater = zlib.decompressobj(self._frame)
        return not packed

    def _keep(self) -> None:
        self._checkpoints.append(self.here())
        if len(self._checkpoints) > MOST_CHECKPOINTS:
            del self._checkpoints[1::2]
            self._spacing *= 2


class InflatingReader(SeekableReader):
    """Inflates `stream` from its current position on: a deflated data set (PS3.5 A.5), or gzip.

    Raises UnusableError `truncated` where the deflated stream breaks off, and `deflate_bomb` where
    it grows to far more than its size.
    """

    def __init__(self, stream: BinaryIO, frame: int = RAW) -> None:
        start = stream.tell()
        self._limit = allowed_bytes(stream.seek(0, io.SEEK_END) - start)
        self._inflater = Inflater(stream, start, frame)

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
