"""Folders of raw files as one value: how much they hold, and a digest without any name in it."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file

# No file has a name that ends so.
UNREADABLE = b"\0unreadable"


class TreeSummary(NamedTuple):
    """What a folder holds. The digest covers names, sizes and contents, and reveals no name."""

    files: int
    bytes: int
    tree_sha256: str


def _unlistable(error: OSError) -> None:
    raise StudyError(
        f"a folder of the archive cannot be listed ({type(error).__name__}), so files would be "
        "lost; `find FOLDER -type d ! -readable`, with the folder of the archive, shows it"
    ) from None


def walk_files(folder: Path) -> Iterator[tuple[bytes, Path]]:
    """Yield (relative path as bytes, path) of every entry below `folder` but folders, sorted.

    A link to a folder elsewhere is followed, once. One to a folder that is walked already, or that
    holds one, is yielded as it is. Raises StudyError when a folder cannot be listed.
    """
    walked = [folder.resolve()]
    for root, folders, names in os.walk(folder, onerror=_unlistable, followlinks=True):
        folders.sort()
        links = [name for name in folders if _is_known(Path(root, name), walked)]
        folders[:] = [name for name in folders if name not in links]
        for name in sorted(names + links):
            path = Path(root, name)
            yield os.fsencode(path.relative_to(folder).as_posix()), path


def _is_known(path: Path, walked: list[Path]) -> bool:
    """Tell whether a folder is a link into, or around, what is walked; else note that it is."""
    if not path.is_symlink():
        return False
    target = path.resolve()
    if any(target.is_relative_to(one) or one.is_relative_to(target) for one in walked):
        return True
    walked.append(target)
    return False


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
    """Return a digest of names and sizes below a folder, without reading any content.

    Also of which files can be read: those that could not are read when they can.
    """
    tree = TreeDigest()
    for relative, path in walk_files(folder):
        mark = b"" if os.access(path, os.R_OK) else UNREADABLE
        tree.add(relative + mark, path.lstat().st_size)
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
