"""Read again everything that ingest and deidentify wrote, and search it for the patients.

An independent second program: it walks the archive itself, harvests what could name a patient
(harvest.py), and searches every table, header and name that leaves (search.py). It checks each
image: nothing outside the sector, no text chunk in the PNG, the pixels that the table states. A
finding stops the study.
"""

import json
import re
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_has_tag

from pipeline.deidentify.harvest import phrases_of_file, phrases_of_path
from pipeline.deidentify.search import Phrase, Searcher
from pipeline.deidentify.tables import FRAMES
from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import decode_png
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_table
from pipeline.io.trees import walk_files
from pipeline.step import Job

# Chunks that a picture needs; the others can hold words (PNG specification, section 11.3).
PNG_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
FRAME_NAME = re.compile(r"[0-9a-f]{32}_[0-9]{4,}")
TAG = re.compile(r"[0-9A-F]{8}")
MEMBERS = {"png", "header.json"}
BINARY = {"InlineBinary", "BulkDataURI"}
# Columns that ingest counts itself: some file's size is the digits of some patient's id.
SIZES = {"source_bytes"}
PROGRESS_EVERY = 200
CHECKS = [
    "identifying source values in tables, headers and names",
    "pixels outside the sector",
    "text chunks in images",
    "pixels as stated",
]


def harvest(raw: Path, progress: Callable[[str], None]) -> Searcher:
    """Return a search for everything that identifies somebody in the archive at `raw`."""
    wanted: set[Phrase] = set()
    for count, (relative, path) in enumerate(walk_files(raw), start=1):
        wanted.update(phrases_of_path(relative), phrases_of_file(path))
        if count % PROGRESS_EVERY == 0:
            progress(f"{count} source files harvested")
    return Searcher(wanted)


def not_standard(texts: Iterable[str]) -> Iterator[str]:
    """Yield the texts that are no UID and no tag of the standard.

    Their digits, `10008` or `00280010`, are also the digits of some patient's id.
    """
    for text in texts:
        is_tag = TAG.fullmatch(text) is not None and dictionary_has_tag(int(text, 16))
        if text not in UID_dictionary and not is_tag:
            yield text


def count_in_table(path: Path, wanted: Searcher) -> int:
    """Return how many identifying values a Parquet table holds, its names and metadata too."""
    table = pq.read_table(path)
    texts = [*table.column_names]
    for name, value in (table.schema.metadata or {}).items():
        texts += [name.decode("utf-8", "replace"), value.decode("utf-8", "replace")]
    found = sum(map(wanted.count, texts))
    for name in set(table.column_names) - SIZES:
        column = table[name]
        values = [one for one in column.unique().to_pylist() if one is not None]
        if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
            found += sum(map(wanted.count_number, values))
        else:
            found += sum(map(wanted.count, not_standard(map(str, values))))
    return found


def count_in_json(value: Any, wanted: Searcher) -> int:
    """Return how many identifying values a JSON value holds, keys and numbers too."""
    if isinstance(value, dict):
        binary = len(BINARY.intersection(value))
        keys = sum(map(wanted.count, not_standard(value)))
        return binary + keys + sum(count_in_json(one, wanted) for one in value.values())
    if isinstance(value, list):
        return sum(count_in_json(one, wanted) for one in value)
    if isinstance(value, str):
        return sum(map(wanted.count, not_standard([value])))
    return wanted.count_number(value) if isinstance(value, int | float) else 0


def png_chunks(content: bytes) -> Iterator[bytes]:
    """Yield the type of each chunk of a PNG, and empty bytes for what follows its end."""
    place, kind = 8, b""
    while place + 8 <= len(content) and kind != b"IEND":
        (length,) = struct.unpack(">I", content[place : place + 4])
        kind = content[place + 4 : place + 8]
        yield kind
        place += length + 12
    if place != len(content):
        yield b""


def _image_faults(
    key: str, content: bytes, frames: dict[Any, tuple[int, ...]], digests: dict[str, str]
) -> Iterator[str]:
    if set(png_chunks(content)) - PNG_CHUNKS:
        yield "text_chunk_in_image"
    if key not in frames or not content:
        yield "image_in_no_table"
        return
    image = decode_png(content)
    x0, y0, x1, y1 = frames[key]
    outside = np.ones(image.shape[:2], bool)
    outside[y0:y1, x0:x1] = False
    if image[outside].any():
        yield "pixels_outside_sector"
    if sha256_bytes(image.tobytes()) != digests[key]:
        yield "other_pixels_than_stated"


def _sample_faults(
    key: str, members: dict[str, bytes], wanted: Searcher
) -> Iterator[tuple[str, int]]:
    """Yield (kind, number) for what is wrong with a sample besides its image."""
    if not FRAME_NAME.fullmatch(key) or set(members) - MEMBERS:
        yield "odd_name", 1
    yield "value_in_name", sum(map(wanted.count, (key, *members)))
    if "header.json" in members:
        yield "value_in_header", count_in_json(json.loads(members["header.json"]), wanted)


def audit(
    raw: Path,
    tables: Sequence[Path],
    frames: Path,
    parts: Sequence[Path],
    report: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Search and check everything; write the report. Raises StudyError on any finding.

    The error counts findings by kind and file, and names no value.
    """
    wanted = harvest(raw, progress)
    progress(f"searching for {len(wanted)} spellings of identifying values")
    findings: Counter[str] = Counter()
    for path in [*tables, frames]:
        findings[f"value_in_table {path.name}"] += count_in_table(path, wanted)
    table = read_table(frames, FRAMES)
    rows: Iterator[Any] = table.itertuples()
    boxes: dict[str, tuple[int, ...]] = {
        row.frame: (row.sector_x0, row.sector_y0, row.sector_x1, row.sector_y1) for row in rows
    }
    digests = dict(zip(table.frame, table.pixels_sha256, strict=True))
    seen: set[str] = set()
    for part in parts:
        for key, members in read_shard(part):
            for kind, number in _sample_faults(key, members, wanted):
                findings[f"{kind} {part.name}"] += number
            for kind in _image_faults(key, members.get("png", b""), boxes, digests):
                findings[f"{kind} {part.name}"] += 1
            seen.add(key)
            if len(seen) % PROGRESS_EVERY == 0:
                progress(f"{len(seen)} of {len(boxes)} frames checked")
    findings["frames_missing"] += len(boxes.keys() - seen)
    found = {kind: count for kind, count in sorted(findings.items()) if count}
    if found:
        raise StudyError(
            f"the de-identification audit found {json.dumps(found)}; nothing was passed on. Look "
            "at these files of data/ingest and data/deidentify on this machine, and do not share "
            "them"
        )
    counts = {"findings": 0, "searched_spellings": len(wanted), "frames_checked": len(seen)}
    write_json(report, counts | {"tables_searched": len(tables) + 1, "checks": CHECKS})
    return dict(counts)


def main() -> None:
    """Run the step."""
    with Job.from_command_line() as job:
        job.log_metrics(
            audit(
                Path(job.value("local.raw")),
                [job.input("instances"), job.input("quarantine"), job.input("rejected")],
                job.input("frames"),
                job.inputs("parts"),
                job.output("audit"),
                job.progress,
            )
        )


if __name__ == "__main__":
    main()
