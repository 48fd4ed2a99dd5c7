"""WebDataset tars: written to the same bytes every time, read as a stream of samples."""

import io
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from pipeline.io.atomic import atomic_path

LARGEST_DRAFT = 32 << 20


class ShardWriter:
    """Adds samples to one tar; a sample is a key and a mapping of extension to bytes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

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
        self._tar.addfile(member, content)

    def copy(self, member: tarfile.TarInfo, source: tarfile.TarFile) -> None:
        """Append a member of another tar."""
        self._tar.addfile(member, source.extractfile(member))


@contextmanager
def all_or_none(writer: ShardWriter, folder: Path) -> Iterator[ShardWriter]:
    """Give a writer whose samples reach `writer` only when the block ends without an error.

    They wait in memory, and beyond 32 MiB in a nameless file in `folder`.
    """
    with SpooledTemporaryFile(LARGEST_DRAFT, "w+b", dir=str(folder)) as spool:
        with tarfile.open(fileobj=spool, mode="w", format=tarfile.USTAR_FORMAT) as draft:
            yield ShardWriter(draft)
        spool.seek(0)
        with tarfile.open(fileobj=spool, mode="r") as draft:
            for member in draft:
                writer.copy(member, draft)


@contextmanager
def open_shard(path: Path) -> Iterator[ShardWriter]:
    """Write a tar at `path` atomically, with no times, owners or names of this machine in it."""
    with (
        atomic_path(path) as temporary,
        tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        yield ShardWriter(tar)


def read_shard(path: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Yield (key, {extension: bytes}) for every sample of a tar, one sample in memory at a time.

    The key is the member's name up to its first dot, as in WebDataset.
    """
    current: str | None = None
    parts: dict[str, bytes] = {}
    with tarfile.open(path, "r|") as tar:
        for member in tar:
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
