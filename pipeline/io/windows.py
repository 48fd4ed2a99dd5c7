"""A part of a file, read as if it were a file of its own, without a copy in memory."""

from typing import BinaryIO

from pipeline.io.readers import SizedReader


class Window(SizedReader):
    """Bytes of its own, and behind them `size` bytes of an open file from `start` on.

    It closes the file when it is closed.
    """

    def __init__(self, file: BinaryIO, start: int, size: int, beginning: bytes = b"") -> None:
        super().__init__(len(beginning) + size)
        self._file, self._start, self._beginning = file, start, beginning

    def _content(self, size: int) -> bytes:
        content = self._beginning[self._position : self._position + size]
        if len(content) < size:
            self._file.seek(self._start + max(self._position - len(self._beginning), 0))
            content += self._file.read(size - len(content))
        return content

    def close(self) -> None:
        """Close the file too."""
        self._file.close()
        super().close()
