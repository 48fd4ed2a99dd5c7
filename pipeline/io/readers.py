"""What the streams that this package makes out of other streams have in common."""

import io


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
