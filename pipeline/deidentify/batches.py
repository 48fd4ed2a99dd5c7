"""A part in batches: each is kept as soon as it is done, so that a kill repeats one at most.

In a folder that no output names lie tars that grow and, for every whole batch, its rows and how
long the tars were after it. A batch is named by a keyed digest of all that it depends on, the
batch before it included: after a change of the archive, of params or of code, what was made
before the change stays, and the tars are cut off behind it.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from pipeline.deidentify.join import Row, write_rows
from pipeline.deidentify.tables import FRAMES, LEDGER_ROWS, REJECTED_ROWS, REVIEW
from pipeline.io.atomic import atomic_path, write_json
from pipeline.io.batches import in_batches
from pipeline.io.keys import pseudonym
from pipeline.io.shards import ShardWriter, grow_shard
from pipeline.io.tables import read_rows

SCHEMAS: Mapping[str, pa.Schema] = {
    "table": FRAMES, "rejected": REJECTED_ROWS, "ledger": LEDGER_ROWS, "review": REVIEW
}  # fmt: skip
SIZES = "sizes.json"


class Batch(NamedTuple):
    """Instances that are cleaned and kept together, and the name of what they become."""

    name: str
    instances: list[Any]


def name_batches(instances: Iterable[Any], size: int, key: bytes, origin: str) -> Iterator[Batch]:
    """Yield batches of `size` instances; `origin` says what else they depend on."""
    name = origin
    for some in in_batches(instances, size):
        name = pseudonym(key, "batch", name, *map(repr, some))
        yield Batch(name, some)


class Draft:
    """What there is of a part, in `folder`: its tars, and a folder for every whole batch.

    `done` counts the instances of whole batches.
    """

    def __init__(self, folder: Path, tars: Sequence[str]) -> None:
        self._folder, self._tars = folder, tars
        self._whole: list[Path] = []
        self.done = 0

    def left(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Return the batches behind those that are whole; forget whatever else is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        missing = next((batch for batch in batches if not self._take(batch)), None)
        kept = {*self._whole, *map(self._tar, self._tars)}
        for path in set(self._folder.iterdir()) - kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return batches if missing is None else chain([missing], batches)

    @contextmanager
    def open(self) -> Iterator[Mapping[str, ShardWriter]]:
        """Give the tars to go on with; they are ended when the block ends without an error."""
        sizes = _sizes(self._whole[-1]) if self._whole else dict.fromkeys(self._tars, 0)
        with ExitStack() as stack:
            self._writers = {
                name: stack.enter_context(grow_shard(_own(self._tar(name)), sizes[name]))
                for name in self._tars
            }
            yield self._writers

    def keep(self, batch: Batch, rows: Mapping[str, Iterable[Row]]) -> None:
        """Keep a batch whose samples are in the tars, with the rows of each table."""
        path = self._path(len(self._whole), batch)
        for name, schema in SCHEMAS.items():
            write_rows(rows[name], schema, path / f"{name}.parquet")
        # Written last: where it is, all else is.
        write_json(path / SIZES, {name: tar.store() for name, tar in self._writers.items()})
        self._whole.append(path)
        self.done += len(batch.instances)

    def finish(self, tables: Mapping[str, Path], tars: Mapping[str, Path]) -> None:
        """Write the part's tables, and put its ended tars in place; `discard` what is here later.

        Until all of the job is done a kill can still come, and what was cleaned must be there.
        """
        for name, schema in SCHEMAS.items():
            write_rows(self._rows(name, schema), schema, tables[name])
        for name, final in tars.items():
            with atomic_path(final) as temporary:
                _share(self._tar(name), temporary)

    def _rows(self, name: str, schema: pa.Schema) -> Iterator[Row]:
        for path in self._whole:
            yield from read_rows(path / f"{name}.parquet", schema)

    def _take(self, batch: Batch) -> bool:
        """Take a batch for whole if it is."""
        path = self._path(len(self._whole), batch)
        if not (path / SIZES).exists():
            return False
        tars = ((self._tar(name), size) for name, size in _sizes(path).items())
        if not all(tar.exists() and tar.stat().st_size >= size for tar, size in tars):
            return False
        self._whole.append(path)
        self.done += len(batch.instances)
        return True

    def _path(self, number: int, batch: Batch) -> Path:
        return self._folder / f"{number:06d}-{batch.name}"

    def _tar(self, name: str) -> Path:
        return self._folder / f"{name}.tar"


def _sizes(path: Path) -> dict[str, int]:
    sizes: dict[str, int] = json.loads((path / SIZES).read_bytes())
    return sizes


def _share(tar: Path, final: Path) -> None:
    """Give a file a second name; where the file system cannot, copy it."""
    try:
        os.link(tar, final)
    except OSError:
        shutil.copyfile(tar, final)


def _own(tar: Path) -> Path:
    """Return a tar that no finished part shares: what is finished must not be cut off."""
    if tar.exists() and tar.stat().st_nlink > 1:
        with atomic_path(tar) as temporary:
            shutil.copyfile(tar, temporary)
    return tar
