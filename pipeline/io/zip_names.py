"""Zip files of which a name is stated to be UTF-8 and is not: Python's library refuses them whole.

It is shown such an entry without that statement (bit 11 of its flags, APPNOTE 4.4.4), and takes
the name for one of the older encoding, in which every byte is a character.
"""

import io
import struct
import zipfile
from bisect import bisect_left
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.io.readers import SeekableReader

END_MARK, ENTRY_MARK = b"PK\x05\x06", b"PK\x01\x02"
# The end record and its longest comment.
MOST_END_BYTES = 22 + 0xFFFF
# Of an entry of the directory: mark, flags, lengths of name, extra field and comment, and the place
# of the entry's own header (APPNOTE 4.3.12).
ENTRY = struct.Struct("<4s4xH18x3H8xL")
UTF8 = 1 << 11
# The bytes that hold this bit in the directory's entry and in the entry's own header.
FLAG_IN_DIRECTORY, FLAG_IN_HEADER = 9, 7


def open_zip(path: Path) -> zipfile.ZipFile:
    """Open a zip file; raises as `zipfile.ZipFile` does, but for names of a wrong encoding."""
    try:
        return zipfile.ZipFile(path)
    except UnicodeDecodeError:
        with path.open("rb") as stream:
            places = sorted(_wrong_flags(stream))
        return zipfile.ZipFile(io.BufferedReader(_Corrected(path.open("rb"), places)))


def _wrong_flags(stream: BinaryIO) -> set[int]:
    """Return where the flags lie of entries whose names are not in the stated encoding.

    None of a zip file of more than 4 GiB or 65,535 entries, whose end is written otherwise.
    """
    size = stream.seek(0, io.SEEK_END)
    first = max(0, size - MOST_END_BYTES)
    stream.seek(first)
    tail = stream.read()
    end = tail.rfind(END_MARK)
    length, stated = struct.unpack_from("<LL", tail, end + 12)
    start = first + end - length
    stream.seek(max(0, start))
    directory = stream.read(length)
    places: set[int] = set()
    entry = 0
    while entry + ENTRY.size <= length and directory.startswith(ENTRY_MARK, entry):
        _, flags, *lengths, header = ENTRY.unpack_from(directory, entry)
        name = directory[entry + ENTRY.size : entry + ENTRY.size + lengths[0]]
        if flags & UTF8 and not _is_utf8(name):
            # Something may have been put before a zip file; places count from its own beginning.
            places |= {start + entry + FLAG_IN_DIRECTORY, start - stated + header + FLAG_IN_HEADER}
        entry += ENTRY.size + sum(lengths)
    return places


def _is_utf8(name: bytes) -> bool:
    try:
        name.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Corrected(SeekableReader):
    """A zip file's bytes, but without the statement of UTF-8 at some places."""

    def __init__(self, stream: BinaryIO, places: list[int]) -> None:
        self._stream, self._places = stream, places

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = self._stream.seek(offset, whence)
        return self._position

    def readinto(self, buffer: Any) -> int:
        begin = self._stream.seek(self._position)
        content = bytearray(self._stream.read(len(buffer)))
        self._position += len(content)
        for place in self._places[bisect_left(self._places, begin) :]:
            if place >= self._position:
                break
            content[place - begin] &= ~(UTF8 >> 8)
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._stream.close()
        super().close()
