"""A large member of a zip as a seekable stream that is never whole in memory, nor on disk.

A stored member is read where it lies, a deflated one is inflated as it is read. Zip files hold a
checksum of each member, which a stream can only be compared with at its end: so it is compared
before anything is read.
"""

import struct
import zipfile
import zlib
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from pipeline.io.inflate import RAW, Checkpoint
from pipeline.io.members import CHUNK, InflatedMember, file_state, is_large
from pipeline.io.readers import SizedReader
from pipeline.io.windows import Window

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# Of a member's own header: mark, and the lengths of name and extra field behind it (APPNOTE 4.3.7).
HEADER, HEADER_MARK = struct.Struct("<4s22xHH"), b"PK\x03\x04"


class _Extent(NamedTuple):
    """Where a member lies in which state of a file, and what it must come to."""

    path: Path
    state: tuple[int, ...]
    start: int
    packed: int
    deflated: bool
    size: int
    crc: int


def is_streamed(info: zipfile.ZipInfo) -> bool:
    """Return whether a member is large, and packed in a way that can be read as a stream."""
    return info.compress_type in METHODS and is_large(info.file_size)


def open_streamed(path: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BinaryIO:
    """Open a member of the archive at `path` to read and seek, after its checksum was compared.

    Raises exceptions of any kind where it is damaged. Reading raises SourceError when the file is
    damaged after that.
    """
    archive.open(info).close()  # the library compares the two headers of the member
    extent = _extent(path, info)
    return cast(BinaryIO, _open(extent, _checkpoints(extent)))


def _extent(path: Path, info: zipfile.ZipInfo) -> _Extent:
    state = file_state(path)
    with path.open("rb") as file:
        file.seek(info.header_offset)
        mark, name, extra = HEADER.unpack(file.read(HEADER.size))
    start = info.header_offset + HEADER.size + name + extra
    deflated = info.compress_type == zipfile.ZIP_DEFLATED
    whole = deflated or info.compress_size == info.file_size
    if mark != HEADER_MARK or not whole or start + info.compress_size > path.stat().st_size:
        raise zipfile.BadZipFile
    return _Extent(path, state, start, info.compress_size, deflated, info.file_size, info.CRC)


def _open(extent: _Extent, known: tuple[Checkpoint, ...]) -> SizedReader:
    window = Window(extent.path.open("rb"), extent.start, extent.packed)
    if not extent.deflated:
        return window
    return InflatedMember(cast(BinaryIO, window), RAW, 0, extent.size, known)


@lru_cache(maxsize=2)
def _checkpoints(extent: _Extent) -> tuple[Checkpoint, ...]:
    """Read a member once and compare it; return where inflating may begin in it.

    Kept, since the same member is opened again and again: for its digest, then for its frames.
    """
    with _open(extent, ()) as reader:
        size = crc = 0
        while content := reader.read(CHUNK):
            size, crc = size + len(content), zlib.crc32(content, crc)
        if (size, crc) != (extent.size, extent.crc):
            raise zipfile.BadZipFile
        return reader.checkpoints if isinstance(reader, InflatedMember) else ()
