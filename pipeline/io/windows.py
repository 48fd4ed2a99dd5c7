"""A part of a file, read as if it were a file of its own, without a copy in memory."""

import io
from typing import BinaryIO


class Window(io.BufferedIOBase):
    """Bytes of its own, and behind them `size` bytes of an open file from `start` on.

    It closes the file when it is closed.
    """

    def __init__(self, file: BinaryIO, start: int, size: int, beginning: bytes = b"") -> None:
        self._file, self._start, self._beginning = file, start, beginning
        self._size, self._place = len(beginning) + size, 0

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that any place can be read."""
        return True

    def tell(self) -> int:
        """Return the place that is read next."""
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, which may be behind the end; return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning")
        self._place = base + offset
        return self._place

    def read(self, size: int | None = -1, /) -> bytes:
        """Return so many bytes, fewer at the end, or all that are left."""
        left = max(self._size - self._place, 0)
        size = left if size is None or size < 0 else min(size, left)
        content = self._beginning[self._place : self._place + size]
        if len(content) < size:
            self._file.seek(self._start + max(self._place - len(self._beginning), 0))
            content += self._file.read(size - len(content))
        self._place += len(content)
        return content

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
