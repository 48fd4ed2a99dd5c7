"""What the streams that this package makes out of other streams have in common."""

import io
from typing import Any


class SeekableReader(io.RawIOBase):
    """A stream of bytes to read and to seek in; `_position` is the place of the next byte."""

    _position = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position in this stream."""
        return self._position


class SizedReader(SeekableReader):
    """One whose length is known, so that no more is ever asked for than there is."""

    def __init__(self, size: int) -> None:
        self._size = size

    def _content(self, size: int) -> bytes:
        """Return `size` bytes from `_position` on, where so many are left; fewer of a cut file."""
        raise NotImplementedError

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
        wanted = left if size is None or size < 0 else min(size, left)
        content = self._content(wanted) if wanted else b""
        self._position += len(content)
        return content

    def readall(self) -> bytes:
        """Return all that is left."""
        return self.read()

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as the content goes; return how many bytes that are."""
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)
