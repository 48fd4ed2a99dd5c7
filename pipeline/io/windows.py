"""A part of a file, read as if it were a file of its own, without a copy in memory."""

import io
from typing import BinaryIO

from pipeline.io.readers import Seekable


class Window(Seekable, io.BufferedIOBase):
    """Bytes of its own, and behind them `size` bytes of an open file from `start` on.

    It closes the file when it is closed.
    """

    def __init__(self, file: BinaryIO, start: int, size: int, beginning: bytes = b"") -> None:
        self._file, self._start, self._beginning = file, start, beginning
        self._size = len(beginning) + size

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, which may be behind the end; return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._position = base + offset
        return self._position

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, fewer at the end, or all that are left."""
        left = max(self._size - self._position, 0)
        size = left if size is None or size < 0 else min(size, left)
        content = self._beginning[self._position : self._position + size]
        if len(content) < size:
            self._file.seek(self._start + max(self._position - len(self._beginning), 0))
            content += self._file.read(size - len(content))
        self._position += len(content)
        return content

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
