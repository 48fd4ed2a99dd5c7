"""The folder that a simulation writes: whole or not at all, and never over somebody's real data."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StudyError

MARKER = "SIMULATED.txt"
TEXT = (
    "Every person and every image in this folder is invented by pipeline.simulate.\n"
    "The folder is rebuilt as a whole: files added by hand are lost.\n"
)


@contextmanager
def simulated_folder(final: Path) -> Iterator[Path]:
    """Yield an empty folder `<final>.partial`; put it in the place of `final` on success.

    On an error, or when the process is killed while writing, `final` stays as it was. Leftovers
    of an earlier kill are removed first. Raises StudyError when `final` has content that no
    simulation wrote.
    """
    _check_replaceable(final)
    partial = final.with_name(f"{final.name}.partial")
    replaced = final.with_name(f"{final.name}.replaced")
    for leftover in (partial, replaced):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        (partial / MARKER).write_text(TEXT)
        yield partial
        if final.exists():
            final.replace(replaced)
        partial.replace(final)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        shutil.rmtree(replaced, ignore_errors=True)


def _check_replaceable(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise StudyError(
            f"{folder.name}: this folder was not written by a simulation, so it is not replaced; "
            "move it away, or set cohort.source and tasks.source to your own data"
        )
