"""A deflated data set (PS3.5 A.5) as a stream, inflated piece by piece up to a limit."""

import io
import zlib
from typing import BinaryIO

from pipeline.ingest.refusal import RefusedError
from pipeline.io.archives import allowed_bytes

CHUNK = 1 << 16


class Inflated(io.RawIOBase):
    """The inflated bytes of `handle` from `start` to its end; seeking inflates again.

    Reading raises RefusedError: `truncated` when the deflated stream ends too soon or is damaged,
    `deflate_bomb` when it inflates to far more than its size.
    """

    def __init__(self, handle: BinaryIO, start: int) -> None:
        self._handle, self._start = handle, start
        self._limit = allowed_bytes(handle.seek(0, io.SEEK_END) - start)
        self._restart()

    def _restart(self) -> None:
        self._handle.seek(self._start)
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._place = 0

    def readable(self) -> bool:
        """Return True, as io.RawIOBase has it."""
        return True

    def seekable(self) -> bool:
        """Return True, as io.RawIOBase has it."""
        return True

    def _inflate(self, count: int) -> bytes:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._handle.read(CHUNK)
            try:
                content = self._inflater.decompress(packed, count)
            except zlib.error:
                raise RefusedError("truncated") from None
            if content:
                return content
            if not packed:
                raise RefusedError("truncated")
        return b""

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill a buffer, as io.RawIOBase has it."""
        content = self._inflate(len(buffer))
        buffer[: len(content)] = content
        self._place += len(content)
        if self._place > self._limit:
            raise RefusedError("deflate_bomb")
        return len(content)

    def tell(self) -> int:
        """Return the place in the inflated stream."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to `offset`, or to the end when that comes first; return the place reached."""
        if whence == io.SEEK_CUR:
            offset += self._place
        if offset < self._place:
            self._restart()
        while self._place < offset and self.read(min(CHUNK, offset - self._place)):
            pass
        return self._place
