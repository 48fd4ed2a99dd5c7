"""Deflated bytes as a seekable stream that is never whole in memory.

Of a data set (PS3.5 A.5), or of a member of a zip. Places to go on from are noted on the way, so
that a cine is not inflated from its beginning for each of its frames.
"""

import io
import zlib
from bisect import bisect_right
from typing import Any, BinaryIO, NamedTuple

from pipeline.io.bombs import allowed_bytes
from pipeline.io.readers import SeekableReader
from pipeline.io.unusable import UnusableError

CHUNK = 1 << 16
# A place takes what the inflater keeps, some 100 KiB. Where there would be more places than this,
# every second one is dropped, and the next ones lie twice as far apart.
SPACING, MOST_PLACES = 1 << 22, 64


class _Place(NamedTuple):
    """The inflater at a position of the inflated stream, and what it has read to come there."""

    position: int
    read: int
    inflater: Any


class InflatingReader(SeekableReader):
    """Inflates `stream` from its current position on, to `limit` bytes at most.

    Without a limit, far more than the stream's size is too much. Raises UnusableError `truncated`
    where the deflated stream breaks off, and `deflate_bomb` where it grows too large.
    """

    def __init__(self, stream: BinaryIO, limit: int | None = None) -> None:
        self._stream, start = stream, stream.tell()
        self._limit = limit
        if limit is None:
            self._limit = allowed_bytes(stream.seek(0, io.SEEK_END) - start)
        self._spacing = SPACING
        self._places = [_Place(0, start, zlib.decompressobj(-zlib.MAX_WBITS))]
        self._go_on_from(self._places[0])

    def _go_on_from(self, place: _Place) -> None:
        self._stream.seek(place.read)
        self._position, self._inflater = place.position, place.inflater.copy()

    def _note_place(self) -> None:
        place = _Place(self._position, self._stream.tell(), self._inflater.copy())
        self._places.append(place)
        if len(self._places) > MOST_PLACES:
            self._places = self._places[::2]
            self._spacing *= 2

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one step of inflating goes; return 0 at the end only."""
        content = b""
        while not content and not self._inflater.eof:
            content = self._step(len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        if self._limit is not None and self._position > self._limit:
            raise UnusableError("deflate_bomb")
        is_far = self._position >= self._places[-1].position + self._spacing
        if is_far and not self._inflater.eof:
            self._note_place()
        return len(content)

    def _step(self, limit: int) -> bytes:
        pending = self._inflater.unconsumed_tail or self._stream.read(CHUNK)
        try:
            content: bytes = self._inflater.decompress(pending, limit)
        except zlib.error:
            raise UnusableError("truncated", "deflated data set") from None
        if not pending and not content and not self._inflater.eof:
            raise UnusableError("truncated", "deflated data set")
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position by inflating up to it, from the last noted place before it."""
        if whence == io.SEEK_END:
            while self.read(CHUNK):
                pass
            offset += self._position
        elif whence == io.SEEK_CUR:
            offset += self._position
        number = bisect_right(self._places, offset, key=lambda place: place.position)
        place = self._places[max(number - 1, 0)]
        if offset < self._position or place.position > self._position:
            self._go_on_from(place)
        while self._position < offset and self.read(min(CHUNK, offset - self._position)):
            pass
        return self._position
