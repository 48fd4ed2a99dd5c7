"""Everything that ingest and deidentify wrote, which the audit searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Outputs:
    """Everything that was written: tables, the table and tars of frames, objects, logs."""

    tables: Sequence[Path]
    frames: Path
    parts: Sequence[Path]
    objects: Sequence[Path] = ()
    logs: Sequence[Path] = ()

    def tars(self) -> tuple[Path, ...]:
        """Return the tars of images and of objects."""
        return (*self.parts, *self.objects)

    def not_tars(self) -> tuple[Path, ...]:
        """Return all files but these."""
        return (*self.tables, self.frames, *self.logs)

    def artifacts(self) -> tuple[Path, ...]:
        """Return all files but logs, which are of another length each time."""
        return (*self.tables, self.frames, *self.tars())

    def files(self) -> tuple[Path, ...]:
        """Return all files."""
        return (*self.artifacts(), *self.logs)


def logs_in(folder: Path) -> list[Path]:
    """Return what the jobs before this one printed."""
    phases = ("ingest", "deidentify")
    logs = [path for phase in phases for path in folder.glob(f"{phase}/*.log")]
    return sorted(path for path in logs if path.stem != "audit")
