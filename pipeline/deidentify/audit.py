"""Read again everything that ingest and deidentify wrote, and search it for the patients.

An independent second program: it walks the archive itself, harvests what could name a patient
(harvest.py), and searches every table, header and image container that leaves, in several
encodings. It checks each image: nothing outside the sector, no text chunk in the PNG, the pixels
that the table states. A finding stops the study.
"""

import json
import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from pipeline.deidentify.harvest import identifying_values, path_parts, spellings
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
ENCODINGS = ("utf-8", "latin-1", "utf-16-le")
PROGRESS_EVERY = 200


def harvest(raw: Path) -> set[bytes]:
    """Return every spelling and encoding of what identifies somebody in the archive at `raw`."""
    values: set[str] = set()
    for relative, path in walk_files(raw):
        values |= path_parts(relative)
        values.update(identifying_values(path))
    forms = {form for value in values for form in spellings(value)}
    return {form.encode(encoding, "ignore") for form in forms for encoding in ENCODINGS} - {b""}


def search(content: bytes, wanted: Iterable[bytes]) -> int:
    """Return how many of the wanted byte strings occur in `content`, whatever the case."""
    folded = content.lower()
    return sum(value.lower() in folded for value in wanted)


def table_text(path: Path) -> bytes:
    """Return every value of a Parquet table as text, one a line: compression hides them."""
    table = pq.read_table(path)
    columns = ("\n".join(map(str, column.unique().to_pylist())) for column in table.columns)
    return "\n".join([*table.column_names, *columns]).encode()


def png_chunks(content: bytes) -> Iterator[bytes]:
    """Yield the type of each chunk of a PNG."""
    place = 8
    while place + 8 <= len(content):
        (length,) = struct.unpack(">I", content[place : place + 4])
        yield content[place + 4 : place + 8]
        place += length + 12


def _image_faults(
    key: str, content: bytes, frames: dict[Any, tuple[int, ...]], digests: dict[str, str]
) -> Iterator[str]:
    if set(png_chunks(content)) - PNG_CHUNKS:
        yield "text_chunk_in_image"
    image = decode_png(content)
    if key not in frames:
        yield "image_in_no_table"
        return
    x0, y0, x1, y1 = frames[key]
    outside = np.ones(image.shape[:2], bool)
    outside[y0:y1, x0:x1] = False
    if image[outside].any():
        yield "pixels_outside_sector"
    if sha256_bytes(image.tobytes()) != digests[key]:
        yield "other_pixels_than_stated"


def audit(
    raw: Path,
    tables: Sequence[Path],
    frames: Path,
    parts: Sequence[Path],
    report: Path,
    progress: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Search and check everything; write the report. Raises StudyError on any finding.

    The error counts findings by kind and names no value.
    """
    wanted = sorted(harvest(raw))
    progress(f"searching for {len(wanted)} spellings of identifying values")
    findings: Counter[str] = Counter()
    for path in [*tables, frames]:
        findings["value_in_table"] += search(table_text(path), wanted)
    table = read_table(frames, FRAMES)
    rows: Iterator[Any] = table.itertuples()
    boxes: dict[str, tuple[int, ...]] = {
        row.frame: (row.sector_x0, row.sector_y0, row.sector_x1, row.sector_y1) for row in rows
    }
    digests = dict(zip(table.frame, table.pixels_sha256, strict=True))
    images = 0
    for part in parts:
        headers, names = [], []
        for key, members in read_shard(part):
            names.append(key.encode())
            headers += [members["header.json"]] if "header.json" in members else []
            findings.update(_image_faults(key, members["png"], boxes, digests))
            images += 1
            if images % PROGRESS_EVERY == 0:
                progress(f"{images} of {len(boxes)} frames checked")
        findings["value_in_header"] += search(b"\n".join(headers), wanted)
        findings["value_in_name"] += search(b"\n".join(names), wanted)
    if images != len(boxes):
        findings["frames_missing"] += abs(len(boxes) - images)
    found = {kind: count for kind, count in sorted(findings.items()) if count}
    if found:
        raise StudyError(
            f"the de-identification audit found {json.dumps(found)}; nothing was passed on. Look "
            "at the parts in data/deidentify/frames on this machine, and do not share them"
        )
    report_values = {
        "findings": 0,
        "searched_spellings": len(wanted),
        "frames_checked": images,
        "tables_searched": len(tables) + 1,
        "checks": [
            "identifying source values in tables, headers and names",
            "pixels outside the sector",
            "text chunks in images",
            "pixels as stated",
        ],
    }
    write_json(report, report_values)
    return {"searched_spellings": len(wanted), "frames_checked": images, "findings": 0}


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
