"""Find the file that a row means, where names differ only in what file systems do not agree on."""

import os
import unicodedata
from functools import lru_cache
from pathlib import Path

from pipeline.tasks.defects import Defect

FOLDERS_KNOWN = 256


def find_file(root: Path, relative: str) -> Path | None:
    """Return the file below `root` that a relative path names, or None.

    The name as it is written counts first. If there is no such file, names are compared without
    case, in one Unicode form, and with every kind of blank as one: an archive that was packed or
    unpacked on macOS or Windows may spell a name otherwise than its CSV. Raises Defect when
    several files fit.
    """
    exact = root / relative
    if _is_file(exact):
        return exact
    fitting = [root]
    for part in relative.split("/"):
        wanted = folded(part)
        fitting = [Path(folder, name) for folder in fitting for name in _names(folder, wanted)]
    found = [path for path in fitting if _is_file(path)]
    if len(found) > 1:
        raise Defect("ambiguous_path", "several files differ from the path only in case or blanks")
    return found[0] if found else None


def _is_file(path: Path) -> bool:
    """Say whether there is such a file; a name that no file can have names none."""
    try:
        return path.is_file()
    except OSError:
        return False


def folded(name: str) -> str:
    """Return a name or path without what file systems do not agree on."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _names(folder: Path, wanted: str) -> tuple[str, ...]:
    return _listing(folder).get(wanted, ())


@lru_cache(FOLDERS_KNOWN)
def _listing(folder: Path) -> dict[str, tuple[str, ...]]:
    """Return the names in a folder by their folded form; nothing for what is no folder."""
    found: dict[str, tuple[str, ...]] = {}
    try:
        names = sorted(entry.name for entry in os.scandir(folder))
    except OSError:
        return {}
    for name in names:
        found[folded(name)] = (*found.get(folded(name), ()), name)
    return found
