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


def summarise_tree(folder: Path) -> TreeSummary:
    """Read a whole folder once and return its summary."""
    digest, files, size = hashlib.sha256(), 0, 0
    for relative, path in walk_files(folder):
        length = path.stat().st_size
        digest.update(hashlib.sha256(relative).digest())
        digest.update(length.to_bytes(8, "big"))
        digest.update(bytes.fromhex(sha256_file(path)))
        files, size = files + 1, size + length
    return TreeSummary(files, size, digest.hexdigest())


def listing_digest(folder: Path) -> str:
    """Return a digest of all names and sizes below a folder, without reading any content."""
    digest = hashlib.sha256()
    for relative, path in walk_files(folder):
        digest.update(hashlib.sha256(relative).digest())
        digest.update(path.lstat().st_size.to_bytes(8, "big"))
    return digest.hexdigest()


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
