"""WebDataset tars: written to the same bytes every time, read as a stream of samples."""

import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from pipeline.io.atomic import atomic_path

LARGEST_DRAFT = 32 << 20
COPIED = 1 << 20  # bytes at once


class ShardWriter:
    """Adds samples to one tar; a sample is a key and a mapping of extension to bytes."""

    def __init__(self, tar: tarfile.TarFile, handle: BinaryIO) -> None:
        self._tar, self._handle = tar, handle

    def add(self, key: str, parts: Mapping[str, bytes]) -> None:
        """Append one sample: a member `<key>.<extension>` for each part, in sorted order."""
        for extension in sorted(parts):
            content = parts[extension]
            self.add_file(f"{key}.{extension}", io.BytesIO(content), len(content))

    def add_file(self, name: str, content: BinaryIO, size: int) -> None:
        """Append one member of `size` bytes, read from where `content` stands."""
        member = tarfile.TarInfo(name)
        member.size = size
        member.mode = 0o644
        _forget_members(self._tar)
        self._tar.addfile(member, content)

    def store(self) -> int:
        """Bring what was added to the disk; return the tar's size, which `grow_shard` takes."""
        self._handle.flush()
        os.fsync(self._handle.fileno())
        return self._handle.tell()


class _Draft(ShardWriter):
    """Holds samples back in `spool`; their tar headers are made when they are written."""

    def __init__(self, spool: BinaryIO) -> None:
        self._spool = spool
        self._members: list[tuple[str, int]] = []

    def add_file(self, name: str, content: BinaryIO, size: int) -> None:
        self._spool.write(content.read(size))
        self._members.append((name, size))

    def write(self, writer: ShardWriter) -> None:
        """Add everything to `writer`, in the order in which it came."""
        self._spool.seek(0)
        for name, size in self._members:
            writer.add_file(name, self._spool, size)


@contextmanager
def spool(folder: Path) -> Iterator[BinaryIO]:
    """Give a file to write and read: in memory, beyond 32 MiB without a name in `folder`."""
    with SpooledTemporaryFile(LARGEST_DRAFT, "w+b", dir=str(folder)) as content:
        yield cast(BinaryIO, content)


@contextmanager
def all_or_none(writer: ShardWriter, folder: Path) -> Iterator[ShardWriter]:
    """Give a writer whose samples reach `writer` only when the block ends without an error.

    They wait as `spool` keeps them.
    """
    with spool(folder) as content:
        draft = _Draft(content)
        yield draft
        draft.write(writer)


@contextmanager
def grow_shard(path: Path, size: int = 0) -> Iterator[ShardWriter]:
    """Go on with the tar at `path` behind its first `size` bytes, and end it if no error comes.

    Whatever follows them is cut off. There are no times, owners or names of this machine in it.
    """
    path.touch()
    with path.open("r+b", buffering=COPIED) as handle:
        handle.truncate(size)
        handle.seek(size)
        with tarfile.TarFile(
            fileobj=handle, mode="w", format=tarfile.USTAR_FORMAT, copybufsize=COPIED
        ) as tar:
            yield ShardWriter(tar, handle)


@contextmanager
def open_shard(path: Path) -> Iterator[ShardWriter]:
    """Write a tar at `path` atomically, as `grow_shard` does."""
    with atomic_path(path) as temporary, grow_shard(temporary) as writer:
        yield writer


def members_of(tar: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """Yield the headers of an open tar's members, none of which it keeps."""
    for member in tar:
        _forget_members(tar)
        yield member


def _forget_members(tar: tarfile.TarFile) -> None:
    """Drop the headers that a tar keeps of its members: some hundred bytes each."""
    cast(Any, tar).members.clear()


def read_shard(path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, {extension: bytes}) for every sample of a tar, one sample in memory at a time.

    The key is the member's name up to its first dot, as in WebDataset.
    """
    current: str | None = None
    parts: dict[str, bytes] = {}
    with tarfile.open(path, "r|") as tar:
        for member in members_of(tar):
            key, _, extension = member.name.partition(".")
            if current is not None and key != current:
                yield current, parts
                parts = {}
            current = key
            handle = tar.extractfile(member)
            assert handle is not None, "shards hold regular files only"
            parts[extension] = handle.read()
    if current is not None:
        yield current, parts
