"""A member of a zip as a seekable stream that is never whole in memory."""

import io
import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.io.bombs import MIB
from pipeline.io.inflate import InflatingReader
from pipeline.io.unusable import UnusableError
from pipeline.io.windows import Window

# Others know no place to go on from but their beginning.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# A member's own header: its mark, and the lengths of name and extra field (APPNOTE 4.3.7).
HEADER = struct.Struct("<4s22xHH")
HEADER_MARK = b"PK\x03\x04"
BLOCK = MIB
# Members of which it is known that they are whole.
REMEMBERED = 4096


class _Inflated(InflatingReader):
    """Closes the file when it is closed."""

    def close(self) -> None:
        self._stream.close()
        super().close()


def open_streamed(path: Path, info: zipfile.ZipInfo, modified_ns: int) -> BinaryIO:
    """Open a member whose method is one of METHODS; its bytes are checked the first time.

    Raises UnusableError, zlib's error or OSError when it is not whole.
    """
    place = info.header_offset, info.compress_size, info.file_size, info.compress_type
    if not _is_whole(path, modified_ns, *place, info.CRC):
        raise UnusableError("truncated")
    return _open(path, *place)


def _open(path: Path, header: int, packed: int, size: int, method: int) -> BinaryIO:
    file = path.open("rb")
    try:
        window = cast(BinaryIO, Window(file, _content(file, header), packed))
    except BaseException:
        file.close()
        raise
    if method == zipfile.ZIP_STORED:
        return window
    return io.BufferedReader(_Inflated(window, size), BLOCK)


def _content(file: BinaryIO, header: int) -> int:
    """Return where a member's content begins, behind its own header."""
    file.seek(header)
    block = file.read(HEADER.size)
    if len(block) < HEADER.size or not block.startswith(HEADER_MARK):
        raise UnusableError("truncated")
    _, name, extra = HEADER.unpack(block)
    return header + HEADER.size + int(name) + int(extra)


@lru_cache(maxsize=REMEMBERED)
def _is_whole(
    path: Path, modified_ns: int, header: int, packed: int, size: int, method: int, crc: int
) -> bool:
    """Tell whether a member has the stated size and checksum, by reading it once."""
    found, total = 0, 0
    with _open(path, header, packed, size, method) as content:
        while block := content.read(BLOCK):
            found, total = zlib.crc32(block, found), total + len(block)
    return (found, total) == (crc, size)
