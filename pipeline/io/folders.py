"""Folders that appear whole or not at all, and never over what is there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StudyError


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """Yield an empty folder beside `final`; rename it on success, remove it on error.

    What a killed run left of the same folder is removed. Raises StudyError when `final` holds
    something.
    """
    if final.exists() and not (final.is_dir() and not any(final.iterdir())):
        raise StudyError(f"{final}: there is something already; name a new or an empty folder")
    final.parent.mkdir(parents=True, exist_ok=True)
    partial = final.with_name(f".{final.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        yield partial
        partial.replace(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
