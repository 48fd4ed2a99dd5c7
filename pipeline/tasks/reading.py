"""Read every labelled row once, in batches side by side; each batch's findings are kept.

A batch is kept under a digest of everything that its findings depend on: its rows, sizes and times
of its files, the tasks, the params, the code. Whatever changes is read again, and nothing else is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.io.batches import code_digests, in_batches, is_whole
from pipeline.io.hashing import sha256_json
from pipeline.io.tables import column, write_table
from pipeline.io.workers import side_by_side
from pipeline.tasks.catalogue import Task, study_catalogue
from pipeline.tasks.challenge import Entry, Row, parse_row, read_rows, relative_path
from pipeline.tasks.defects import Defect
from pipeline.tasks.files import find_file
from pipeline.tasks.fingerprint import fingerprint
from pipeline.tasks.known_defects import KnownDefects
from pipeline.tasks.labels import LabelRules
from pipeline.tasks.params import TasksParams
from pipeline.tasks.samples import Sample, read_sample
from pipeline.tasks.strata import describe

# One line per row of a batch: either why it cannot be used, or what its image and label are.
FINDINGS = pa.schema(
    [
        column("reason", pa.string(), "code of the defect"),
        column("detail", pa.string(), "what is wrong, in words"),
        column("field", pa.string(), "column of the CSV that is wrong"),
        column("value", pa.float64(), "what is wrong there, if it is a number"),
        column("classes", pa.list_(pa.int32()), "classes or landmarks of the label (strata.py)"),
        column("area", pa.float64(), "share of the image that the mask or box covers"),
        column("fingerprint", pa.binary(), "small pictures by which copies are found"),
        column("image_sha256", pa.string(), "SHA-256 of the decoded pixels and their shape"),
        column("label_sha256", pa.string(), "SHA-256 of what is to be predicted"),
        column("height", pa.int32(), "pixels"),
        column("width", pa.int32(), "pixels"),
    ]
)


@dataclass(frozen=True)
class Archive:
    """The labelled folders, and how their rows are understood.

    `tasks` are those of the study; `left_out` names tasks that are known but not of the study.
    """

    roots: tuple[Path, ...]
    tasks: Mapping[str, Task]
    left_out: frozenset[str]
    rules: LabelRules
    known: KnownDefects

    def entry(self, row: Row) -> Entry:
        """Match a row with its task; raise Defect when it has none here, or is left out."""
        if row.text("task_id") in self.left_out:
            raise Defect("task_left_out", "tasks.include leaves this task out")
        entry = parse_row(row, self.tasks)
        self.known.check(entry)
        return entry

    def root(self, row: Row) -> Path:
        """Return the folder that holds a row's files."""
        return self.roots[row.archive - 1]

    def sample(self, entry: Entry) -> Sample:
        """Read an entry's image and label; raise Defect when either cannot be used."""
        return read_sample(entry, self.root(entry.row), self.rules)


def archive_of(params: TasksParams, roots: Sequence[Path]) -> Archive:
    """Return how the params want the labelled folders to be understood."""
    tasks = params.tasks()
    left_out = set(study_catalogue(params.catalogue, ())) - set(tasks)
    rules = LabelRules(params.normalised_coordinates, params.missing_landmarks)
    return Archive(tuple(roots), tasks, frozenset(left_out), rules, KnownDefects.of(params))


@dataclass(frozen=True)
class Reading:
    """How many processes read how many rows at a time, and the folder that keeps the batches."""

    workers: int
    batch_rows: int
    folder: Path


def read_archive(
    archive: Archive, reading: Reading, progress: Callable[[str], None]
) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Yield every row with its line of FINDINGS, in the order of the files.

    No picture outlives its row. Raises StudyError when a CSV file cannot be read or a worker is
    killed.
    """
    work = partial(_read_batch, archive=archive, folder=reading.folder)
    batches = in_batches(read_rows(archive.roots), reading.batch_rows)
    done = refused = 0
    for rows, path in side_by_side(work, batches, reading.workers, "tasks.workers"):
        findings = pq.read_table(path).to_pylist()
        yield from zip(rows, findings, strict=True)
        done += len(rows)
        refused += sum(finding["reason"] is not None for finding in findings)
        progress(f"{done} rows read, {refused} of them with a defect")


def _read_batch(rows: Sequence[Row], archive: Archive, folder: Path) -> Path:
    path = folder / f"{_digest(rows, archive)}.parquet"
    if not is_whole(path):
        write_table((_finding(row, archive) for row in rows), FINDINGS, path)
    return path


def _finding(row: Row, archive: Archive) -> dict[str, Any]:
    nothing = dict.fromkeys(FINDINGS.names)
    try:
        sample = archive.sample(archive.entry(row))
    except Defect as defect:
        return nothing | defect.cells()
    height, width = sample.image.shape[:2]
    traits = describe(sample.label, sample.image.shape)
    return {
        **nothing,
        "classes": traits.classes,
        "area": traits.area,
        "fingerprint": fingerprint(sample.image).tobytes(),
        "image_sha256": sample.image_sha256,
        "label_sha256": sample.label.sha256,
        "height": height,
        "width": width,
    }


def _digest(rows: Sequence[Row], archive: Archive) -> str:
    tasks = {name: asdict(task) for name, task in archive.tasks.items()}
    known = asdict(archive.known)
    understood = [tasks, sorted(archive.left_out), asdict(archive.rules), known]
    read = [[row.csv, row.fields, row.is_malformed, _files(row, archive)] for row in rows]
    return sha256_json([_code(), understood, read])


def _files(row: Row, archive: Archive) -> list[list[int] | None]:
    """Return size and time of a row's files; None for what is not there."""
    return [_state(row, name, archive) for name in ("image_path", "mask_path")]


def _state(row: Row, name: str, archive: Archive) -> list[int] | None:
    try:
        path = find_file(archive.root(row), relative_path(row.fields.get(name, ""), name))
        state = None if path is None else path.stat()
    except (Defect, OSError):
        return None
    return None if state is None else [state.st_size, state.st_mtime_ns]


@cache
def _code() -> str:
    """Return the code that decides what is found, as digests."""
    return code_digests(__name__)
