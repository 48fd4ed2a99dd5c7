"""A deflated data set (PS3.5 A.5) as a seekable stream that is never whole in memory."""

import io
import zlib
from typing import Any, BinaryIO

from pipeline.io.archives import allowed_bytes
from pipeline.io.readers import SeekableReader
from pipeline.io.unusable import UnusableError

CHUNK = 1 << 16


class InflatingReader(SeekableReader):
    """Inflates `stream` from its current position on; seeking back starts again.

    Raises UnusableError `truncated` where the deflated stream breaks off, and `deflate_bomb` where
    it grows to far more than its size.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._start = stream, stream.tell()
        self._limit = allowed_bytes(stream.seek(0, io.SEEK_END) - self._start)
        self._restart()

    def _restart(self) -> None:
        self._stream.seek(self._start)
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._position = 0

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as one step of inflating goes; return 0 at the end only."""
        content = b""
        while not content and not self._inflater.eof:
            content = self._step(len(buffer))
        buffer[: len(content)] = content
        self._position += len(content)
        if self._position > self._limit:
            raise UnusableError("deflate_bomb")
        return len(content)

    def _step(self, limit: int) -> bytes:
        pending = self._inflater.unconsumed_tail or self._stream.read(CHUNK)
        try:
            content = self._inflater.decompress(pending, limit)
        except zlib.error:
            raise UnusableError("truncated", "deflated data set") from None
        if not pending and not content and not self._inflater.eof:
            raise UnusableError("truncated", "deflated data set")
        return content

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a position by inflating up to it; from the start when it lies behind."""
        if whence == io.SEEK_END:
            while self.read(CHUNK):
                pass
            offset += self._position
        elif whence == io.SEEK_CUR:
            offset += self._position
        if offset < self._position:
            self._restart()
        while self._position < offset and self.read(min(CHUNK, offset - self._position)):
            pass
        return self._position
