import json
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.deidentify.tables import FRAMES
from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import decode_png, encode_png
from pipeline.io.shards import open_shard, read_shard
from pipeline.io.tables import read_table, write_table
from tests.deidentify.conftest import Study
from tests.dicom_files import SECTOR

Parts = dict[str, bytes]
SECRETS = ("muellera", "anna", "19620503", "1962", "mrn0012340")


def rewrite(study: Study, change: Callable[[str, Parts], tuple[str, Parts] | None]) -> str:
    """Pass the first sample that holds a header through `change`; return its key."""
    path = next(path for path in study.parts if list(read_shard(path)))
    samples = list(read_shard(path))
    key, parts = samples[0]
    changed = change(key, dict(parts))
    with open_shard(path) as writer:
        for sample in ([changed] if changed else []) + samples[1:]:
            writer.add(*sample)
    return key


def edit_table(study: Study, column: str, value: Any, frame: str | None = None) -> None:
    path = study.out / "frames.parquet"
    table = read_table(path, FRAMES)
    row = table.index[table.frame == frame][0] if frame else table.index[0]
    table.loc[row, column] = value
    write_table(table, FRAMES, path)


def refused(study: Study, *kinds: str) -> None:
    """Check that the audit finds exactly `kinds`, prints no value and writes no report."""
    told = set()
    for workers in (1, 2):
        with pytest.raises(StudyError, match="audit found") as caught:
            study.audit(workers=workers)
        told.add(str(caught.value))
    (text,) = told
    found = json.loads(text[text.index("{") : text.index("}") + 1])
    # A longer value is found once more as bytes, and may look like somebody's too.
    again = ("value_in_bytes", "pattern_")
    assert {one.split(" ")[0] for one in found if not one.startswith(again)} == set(kinds)
    assert not [secret for secret in SECRETS if secret in text.lower()]
    assert not (study.out / "audit.json").exists()


def test_a_clean_study_has_no_findings(study: Study) -> None:
    counts = study.audit()
    report = json.loads((study.out / "audit.json").read_text())
    assert counts["findings"] == report["findings"] == 0
    assert report["frames_checked"] == 12
    assert report["tables_searched"] == 7
    assert report["searched_spellings"] > 50


def test_a_sample_with_more_than_an_image_is_found(study: Study) -> None:
    rewrite(study, lambda key, parts: (key, parts | {"json": b"{}"}))
    refused(study, "odd_name")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("manufacturer", "Muellera, Anna"),
        ("decoder", "1962-05-03"),
        ("frame_index", 19620503),
        ("frame_time_ms", 19620503.0),
    ],
)
def test_a_value_in_a_table_is_found(study: Study, column: str, value: Any) -> None:
    edit_table(study, column, value)
    refused(study, "value_in_table")


def test_a_name_in_a_tables_columns_or_metadata_is_found(study: Study) -> None:
    path = study.out / "instances.parquet"
    table = pq.read_table(path)
    pq.write_table(table.append_column("Muellera", pa.array(range(len(table)))), path)
    refused(study, "value_in_table")
    pq.write_table(table.replace_schema_metadata({"from": "Muellera_Anna"}), path)
    refused(study, "value_in_table")


def test_a_name_in_a_members_name_is_found(study: Study) -> None:
    rewrite(study, lambda key, parts: (key, parts | {"muellera.txt": b""}))
    refused(study, "odd_name", "value_in_name")


def test_a_name_as_a_samples_name_is_found(study: Study) -> None:
    rewrite(study, lambda key, parts: ("Muellera_Anna", parts))
    refused(study, "odd_name", "value_in_name", "image_in_no_table", "frames_missing")


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a PNG chunk: length, type, content, checksum (PNG specification, section 5.3)."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


@pytest.mark.parametrize("kind", [b"tEXt", b"iTXt", b"eXIf", b"tIME"])
def test_a_text_chunk_in_an_image_is_found(study: Study, kind: bytes) -> None:
    extra = chunk(kind, b"Comment\0Muellera")

    def change(key: str, parts: Parts) -> tuple[str, Parts]:
        end = parts["png"].rindex(b"IEND") - 4
        return key, parts | {"png": parts["png"][:end] + extra + parts["png"][end:]}

    rewrite(study, change)
    refused(study, "text_chunk_in_image")


def test_bytes_after_an_images_end_are_found(study: Study) -> None:
    rewrite(study, lambda key, parts: (key, parts | {"png": parts["png"] + b"Muellera"}))
    refused(study, "text_chunk_in_image")


def brighten(row: int, column: int) -> Callable[[str, Parts], tuple[str, Parts]]:
    def change(key: str, parts: Parts) -> tuple[str, Parts]:
        image = decode_png(parts["png"])
        image[row, column] ^= 255
        return key, parts | {"png": encode_png(image)}

    return change


def test_a_bright_pixel_outside_the_sector_is_found(study: Study) -> None:
    key = rewrite(study, brighten(3, 5))
    changed = next(parts for path in study.parts for name, parts in read_shard(path) if name == key)
    edit_table(study, "pixels_sha256", sha256_bytes(decode_png(changed["png"]).tobytes()), key)
    refused(study, "pixels_outside_sector", "pixels_not_as_in_ledger")


def test_other_pixels_than_stated_are_found(study: Study) -> None:
    rewrite(study, brighten(SECTOR[1] + 20, SECTOR[0] + 20))
    refused(study, "other_pixels_than_stated")


def test_a_missing_frame_is_found(study: Study) -> None:
    rewrite(study, lambda key, parts: None)
    refused(study, "frames_missing")


def test_a_missing_frame_is_not_made_good_by_another_one_twice(study: Study) -> None:
    path = next(path for path in study.parts if len(list(read_shard(path))) > 1)
    samples = list(read_shard(path))
    with open_shard(path) as writer:
        for place in (1, *range(1, len(samples) - 1), 1):
            writer.add(*samples[place])
    refused(study, "frames_missing", "image_in_no_table")


def test_an_image_of_no_table_is_found(study: Study) -> None:
    path = study.out / "frames.parquet"
    table = read_table(path, FRAMES)
    write_table(pd.DataFrame(table.iloc[1:]), FRAMES, path)
    refused(study, "image_in_no_table", "frames_not_as_in_ledger", "pixels_not_as_in_ledger")
