"""Read the archive in batches, side by side; each batch is kept as soon as it is done.

A batch is kept under a keyed digest of everything that it depends on: names, sizes and times of
its files, params, key, code. Whatever changes is read again, and nothing else is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pydicom

from pipeline.ingest.params import IngestParams
from pipeline.ingest.rows import file_row
from pipeline.ingest.tables import FILES
from pipeline.io.batches import code_digests, is_whole
from pipeline.io.hashing import canonical_json
from pipeline.io.keys import pseudonym
from pipeline.io.sources import Source
from pipeline.io.tables import write_table
from pipeline.io.workers import side_by_side


@dataclass(frozen=True)
class Reading:
    """How files are read, and the folder that keeps the batches."""

    params: IngestParams
    key: bytes
    partitions: int
    folder: Path

    def path(self, sources: list[Source]) -> Path:
        """Return where the batch of these sources is kept; the name tells nothing about them."""
        result = self.params.model_dump(exclude={"workers", "batch_files"})
        described = canonical_json([result, self.partitions, pydicom.__version__])
        files = (
            part
            for source in sources
            for part in (source.relative, repr((source.size, source.modified_ns, source.member)))
        )
        name = pseudonym(self.key, "batch", _code(), described, *files)
        return self.folder / f"{name}.parquet"


@cache
def _code() -> str:
    """Return the code that decides a file's fate, as digests."""
    return code_digests(__name__)


def read_batches(
    batches: Iterable[list[Source]], reading: Reading
) -> Iterator[tuple[list[Source], Path]]:
    """Yield every batch with the path at which its rows are kept, in the order given.

    Raises StudyError when a worker is killed, as by a machine that runs out of memory.
    """
    work = partial(_read_batch, reading=reading)
    return side_by_side(work, batches, reading.params.workers, "ingest.workers")


def _read_batch(sources: list[Source], reading: Reading) -> Path:
    path = reading.path(sources)
    if not is_whole(path):
        rows = (
            file_row(source, reading.params, reading.key, reading.partitions) for source in sources
        )
        write_table(rows, FILES, path)
    return path
