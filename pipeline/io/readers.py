"""What the streams that this package makes out of other streams have in common."""

import io


class Seekable(io.IOBase):
    """A stream to read and to seek in; `_position` is the place of the next byte."""

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


class SeekableReader(Seekable, io.RawIOBase):
    """One whose bytes are filled into a given buffer, as many as there are at once."""
