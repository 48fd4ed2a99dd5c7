"""Every file of the archive as a source: in a folder, or in a zip or tar within it.

Symbolic links to files and folders outside the folder are read as those. Others are listed, not
followed: what they lead to is read under another name, or is not there.
An archive within an archive is a source of its own, and is not opened.
"""

import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from pipeline.io.archives import (
    Member,
    archive_kind,
    list_members,
    open_member,
)
from pipeline.io.hashing import sha256_stream
from pipeline.io.members import file_state
from pipeline.io.trees import walk_files
from pipeline.io.unusable import SourceError

# Neither occurs in a file's name, so that no folder can have the name of a member.
MEMBER_MARK = b"\0/"
# Files that are read for their digest, though not as an image.
HOLDERS = {"archive", "corrupt_archive", "archive_bomb", "compressed"}


@dataclass(frozen=True)
class Source:
    """One file of the archive, or one member of a zip or tar in it.

    `relative` names it within the archive: a path, and for a member the zip's or tar's path,
    MEMBER_MARK and its name. `path` is the file on disk, `modified_ns` its time of change, `fault`
    the reason code of what the walk itself found wrong with it, or empty.
    """

    relative: bytes
    path: Path
    size: int
    modified_ns: int = 0
    member: Member | None = None
    fault: str = ""

    def open(self) -> BinaryIO:
        """Open the content, seekable; a small member of a packed archive is held in memory.

        Raises SourceError when there is none to read, OSError when the system refuses.
        """
        if self.fault and self.fault not in HOLDERS:
            raise SourceError(self.fault)
        if self.member is not None:
            return open_member(self.path, self.member, self.modified_ns)
        return self.path.open("rb")

    def sha256(self) -> str:
        """Return the digest of the content; raises as `open` does."""
        with self.open() as handle:
            return sha256_stream(handle)

    def state(self) -> tuple[int, ...]:
        """Return what changes when the file on disk is written or replaced. Raises OSError."""
        return file_state(self.path)

    def change(self) -> str:
        """Return `vanished` or `changed` when the file on disk is not as it was found, or empty."""
        try:
            now = self.path.stat()
        except OSError:
            return "vanished"
        same = now.st_mtime_ns == self.modified_ns
        return "" if same and (self.member or now.st_size == self.size) else "changed"

    def shown(self) -> str:
        """Return where the content lies, for the archive's owner only."""
        inner = f", member {os.fsdecode(self.member.name)}" if self.member else ""
        return f"{self.path}{inner}"


def walk_sources(folder: Path) -> Iterator[Source]:
    """Yield every file below `folder`, and after a zip or tar its members, in a fixed order.

    Folders are sorted, members come as stored. Raises StudyError when a folder cannot be listed.
    """
    root = folder.resolve()
    for relative, path in walk_files(folder):
        source = _on_disk(root, relative, path)
        if source.fault:
            yield source
        else:
            yield from _with_members(source)


def _on_disk(root: Path, relative: bytes, path: Path) -> Source:
    try:
        own = path.lstat()
        if stat.S_ISLNK(own.st_mode):
            target = path.resolve(strict=True)
            if target.is_dir() or target.is_relative_to(root):
                return Source(relative, path, own.st_size, own.st_mtime_ns, fault="link")
            own = target.stat()
    except FileNotFoundError:
        missing = "link" if path.is_symlink() else "vanished"
        return Source(relative, path, 0, fault=missing)
    except (OSError, RuntimeError):  # the second: links that lead to each other
        return Source(relative, path, 0, fault="link" if path.is_symlink() else "file_error")
    fault = "" if stat.S_ISREG(own.st_mode) else "file_error"
    return Source(relative, path, own.st_size, own.st_mtime_ns, fault=fault)


def _with_members(source: Source) -> Iterator[Source]:
    try:
        kind = archive_kind(source.path)
    except OSError:
        yield replace(source, fault="vanished" if source.change() == "vanished" else "file_error")
        return
    if kind not in ("zip", "tar"):
        yield replace(source, fault="compressed" if kind else "")
        return
    listing = list_members(source.path, kind)
    yield replace(source, fault=listing.fault)
    seen: Counter[bytes] = Counter()
    for member in listing.members:
        name = source.relative + MEMBER_MARK + member.name.replace(b"\0", b"/")
        seen[name] += 1
        # A name may occur twice in an archive.
        again = b"%s%d" % (MEMBER_MARK, seen[name]) if seen[name] > 1 else b""
        yield replace(
            source, relative=name + again, size=member.size, member=member, fault=member.fault
        )
