"""Zip and tar files of an archive: recognised by content, listed, and read member by member.

Nothing is unpacked to disk. A member of a tar that is not packed is read where it lies, and a large
one of a zip, or of a tar that gzip packed, is inflated as it is read. Any other lies in memory
while it is read, up to `MAX_MEMBER_BYTES`. What would unpack to far more than its packed size is
not unpacked.
"""

import bz2
import io
import lzma
import os
import tarfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple, cast

from pipeline.io.bounds import MIB, allowed_bytes
from pipeline.io.gzip_tars import GzipReader, open_gzip, open_inflated
from pipeline.io.members import is_large
from pipeline.io.unusable import SourceError, UnusableError
from pipeline.io.windows import Window
from pipeline.io.zip_members import is_streamed, open_streamed
from pipeline.io.zip_names import open_zip

# Of what must lie in memory to be read at any place.
MAX_MEMBER_BYTES = 512 * MIB
# A long name or attribute list of a tar; the library reads it whole.
MAX_TAR_HEADER_BYTES = MIB
TAR_BLOCK = 512
# As much of a file tells what it is.
MARK_BYTES = TAR_BLOCK

ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
GZIP_MARK = b"\x1f\x8b"
UNPACKERS: dict[bytes, Any] = {
    GZIP_MARK: open_gzip,
    b"BZh": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
}
# 7z, rar, zstd: told by name, as their files would else seem to be lost.
OTHER_PACKERS = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd")
Kind = Literal["", "zip", "tar", "packed"]


class Member(NamedTuple):
    """One entry of an archive.

    `place` is its number in a zip's directory, or where its content begins in an unpacked tar;
    `fault` is the reason code why it is not read, or empty.
    """

    kind: Literal["zip", "tar"]
    place: int
    size: int
    name: bytes
    fault: str = ""


class Listing(NamedTuple):
    """What is in a file that holds others, and the reason code of that file itself."""

    fault: str
    members: list[Member]


class _Bounded(io.RawIOBase):
    """An unpacked stream that stops a bomb before it is in memory."""

    def __init__(self, stream: BinaryIO, packed: int) -> None:
        self._stream, self._limit = stream, allowed_bytes(packed)

    def _check(self, end: int) -> None:
        if end > self._limit:
            raise SourceError("archive_bomb")

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= max(MAX_TAR_HEADER_BYTES, TAR_BLOCK):
            raise SourceError("corrupt_archive")
        self._check(self._stream.tell() + size)
        return self._stream.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._check(offset)
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()
        super().close()


def _is_tar_header(block: bytes) -> bool:
    """Return whether a block has the checksum of a tar's header, whatever its dialect."""
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _unpacked(path: Path) -> BinaryIO:
    """Open a tar, compressed or not, as the stream of its uncompressed bytes."""
    with path.open("rb") as handle:
        head = handle.read(MARK_BYTES)
    opener = next((UNPACKERS[mark] for mark in UNPACKERS if head.startswith(mark)), Path.open)
    return cast(BinaryIO, opener(path, "rb"))


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(GZIP_MARK)) == GZIP_MARK


def archive_kind(path: Path) -> Kind:
    """Return what a file is by its first bytes; `packed` is what cannot be listed.

    A DICOM file is none, whatever its preamble says. Raises OSError when it cannot be read.
    """
    with path.open("rb") as handle:
        head = handle.read(MARK_BYTES)
    return _packed_kind(path) if head.startswith(tuple(UNPACKERS)) else kind_of_bytes(head)


def kind_of_file(path: Path) -> Kind:
    """Return what a file is by its first bytes, of which compressed ones are not looked into."""
    with path.open("rb") as handle:
        return kind_of_bytes(handle.read(MARK_BYTES))


def kind_of_bytes(head: bytes) -> Kind:
    """Return what content that begins with `head` is; compressed content is not looked into."""
    if head[128:132] == b"DICM":
        return ""
    if head.startswith(ZIP_MARKS):
        return "zip"
    if _is_tar_header(head[:TAR_BLOCK]):
        return "tar"
    return "packed" if head.startswith((*OTHER_PACKERS, *UNPACKERS)) else ""


def _packed_kind(path: Path) -> Kind:
    try:
        with _unpacked(path) as stream:
            return "tar" if _is_tar_header(stream.read(TAR_BLOCK)) else "packed"
    except (OSError, EOFError, ValueError, lzma.LZMAError, UnusableError):
        return "packed"


def list_members(path: Path, kind: Literal["zip", "tar"]) -> Listing:
    """List an archive's members but folders, in their stored order."""
    members: list[Member] = []
    found = _zip_members(path) if kind == "zip" else _tar_members(path)
    try:
        members.extend(found)
    except SourceError as error:
        return Listing(error.reason, members)
    except Exception:
        # What a damaged archive makes its library raise is of any kind.
        return Listing("corrupt_archive", members)
    return Listing("archive", members)


def _zip_members(path: Path) -> Iterator[Member]:
    total, allowed = 0, allowed_bytes(path.stat().st_size)
    with open_zip(path) as archive:
        for place, info in enumerate(archive.infolist()):
            if info.is_dir():
                continue
            name = info.filename.encode("utf-8", "surrogateescape")
            total += info.file_size
            fault = ""
            if info.flag_bits & 1:
                fault = "encrypted_member"
            elif info.file_size > allowed_bytes(info.compress_size) or total > allowed:
                fault = "archive_bomb"
            elif info.file_size > MAX_MEMBER_BYTES and not is_streamed(info):
                fault = "too_large"
            yield Member("zip", place, info.file_size, name, fault)


def _tar_members(path: Path) -> Iterator[Member]:
    held = kind_of_file(path) != "tar" and not _is_gzip(path)
    with _Bounded(_unpacked(path), path.stat().st_size) as stream:
        archive = tarfile.TarFile(fileobj=cast(BinaryIO, stream))
        for info in archive:
            if not info.isdir():
                name = info.name.encode("utf-8", "surrogateescape")
                yield Member("tar", info.offset_data, info.size, name, _tar_fault(info, held))
            cast(Any, archive).members.clear()  # the library keeps each one
        # It also ends silently at a damaged header; a whole tar ends with a block of zeros, behind
        # which a second one could stand.
        stream.seek(archive.offset)
        if stream.read(TAR_BLOCK) != bytes(TAR_BLOCK) or stream.read(MIB).strip(b"\0"):
            raise SourceError("corrupt_archive")


def _tar_fault(info: tarfile.TarInfo, held: bool) -> str:
    if info.islnk() or info.issym():
        return "link"
    if not info.isreg():
        return "file_error"
    if info.issparse():
        return "unreadable_member"
    return "too_large" if held and info.size > MAX_MEMBER_BYTES else ""


@lru_cache(maxsize=2)
def _opened(path: Path, kind: str, modified_ns: int, process: int) -> Any:
    """Keep an archive open: members are read in order, and a packed tar has no other way.

    A process that was forked shares the place in an open file, so each has its own.
    """
    if kind == "zip":
        return open_zip(path)
    return GzipReader(path) if _is_gzip(path) else _unpacked(path)


def open_member(path: Path, member: Member, modified_ns: int) -> BinaryIO:
    """Open a member to read and seek. Raises SourceError when it is not whole, or has a fault.

    Of a member that is read as a stream, so does reading it when the file changes meanwhile.
    """
    if member.fault:
        raise SourceError(member.fault)
    try:
        return _open_whole(path, member, modified_ns)
    except FileNotFoundError:
        raise SourceError("vanished") from None
    except Exception:
        # What a damaged archive makes its library raise is of any kind.
        raise SourceError("unreadable_member") from None


def _open_whole(path: Path, member: Member, modified_ns: int) -> BinaryIO:
    if member.kind == "tar" and kind_of_file(path) == "tar":
        return _in_place(path, member)
    archive = _opened(path, member.kind, modified_ns, os.getpid())
    if isinstance(archive, GzipReader) and is_large(member.size):
        return open_inflated(path, archive, member.place, member.size)
    if member.kind == "zip" and is_streamed(archive.infolist()[member.place]):
        return open_streamed(path, archive, archive.infolist()[member.place])
    content = _read_member(archive, member)
    if len(content) != member.size:
        raise SourceError("unreadable_member")
    return io.BytesIO(content)


def _read_member(archive: Any, member: Member) -> bytes:
    if member.kind == "zip":
        with archive.open(archive.infolist()[member.place]) as handle:
            return cast(bytes, handle.read(member.size + 1))
    if isinstance(archive, GzipReader):
        return archive.content(member.place, member.size)
    archive.seek(member.place)
    return cast(bytes, archive.read(member.size))


def _in_place(path: Path, member: Member) -> BinaryIO:
    file = path.open("rb")
    if file.seek(0, io.SEEK_END) < member.place + member.size:
        file.close()
        raise SourceError("unreadable_member")
    return cast(BinaryIO, Window(file, member.place, member.size))
