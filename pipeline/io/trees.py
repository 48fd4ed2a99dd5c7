"""Folders of raw files as one value: how much they hold, and a digest without any name in it."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file


class TreeSummary(NamedTuple):
    """What a folder holds. The digest covers names, sizes and contents, and reveals no name."""

    files: int
    bytes: int
    tree_sha256: str


def _unlistable(error: OSError) -> None:
    raise StudyError(
        f"a folder of the archive cannot be listed ({type(error).__name__}), so files would be "
        "lost; let this user read it"
    ) from None


def walk_files(folder: Path) -> Iterator[tuple[bytes, Path]]:
    """Yield (relative path as bytes, path) of every entry below `folder` but folders, sorted.

    A link to a folder is yielded as it is, not followed, so that nothing is left out unseen.
    Raises StudyError when a folder cannot be listed.
    """
    for root, folders, names in os.walk(folder, onerror=_unlistable):
        links = [name for name in folders if Path(root, name).is_symlink()]
        folders[:] = sorted(set(folders).difference(links))
        for name in sorted(names + links):
            path = Path(root, name)
            yield os.fsencode(path.relative_to(folder).as_posix()), path


class TreeDigest:
    """The digest of a folder, made file by file in the order of `walk_files`."""

    def __init__(self) -> None:
        self.files, self.bytes = 0, 0
        self._digest = hashlib.sha256()

    def add(self, relative: bytes, size: int, content_sha256: str = "") -> None:
        """Add one file: its name, its size in bytes and, where it was read, its content."""
        self._digest.update(hashlib.sha256(relative).digest())
        self._digest.update(size.to_bytes(8, "big"))
        self._digest.update(bytes.fromhex(content_sha256))
        self.files, self.bytes = self.files + 1, self.bytes + size

    def summary(self) -> TreeSummary:
        """Return what was added so far."""
        return TreeSummary(self.files, self.bytes, self._digest.hexdigest())


def summarise_tree(folder: Path) -> TreeSummary:
    """Read a whole folder once and return its summary."""
    tree = TreeDigest()
    for relative, path in walk_files(folder):
        tree.add(relative, path.stat().st_size, sha256_file(path))
    return tree.summary()


def listing_digest(folder: Path) -> str:
    """Return a digest of all names and sizes below a folder, without reading any content."""
    tree = TreeDigest()
    for relative, path in walk_files(folder):
        tree.add(relative, path.lstat().st_size)
    return tree.summary().tree_sha256


def discard_if_stale(manifest: Path, folder: Path) -> None:
    """Remove a manifest whose folder no longer holds the files and bytes that it states.

    The workflow then sees that the folder must be written again.
    """
    if not manifest.is_file():
        return
    stated = json.loads(manifest.read_bytes())
    sizes = [path.lstat().st_size for _, path in walk_files(folder)] if folder.is_dir() else []
    if (len(sizes), sum(sizes)) != (stated["files"], stated["bytes"]):
        manifest.unlink()
