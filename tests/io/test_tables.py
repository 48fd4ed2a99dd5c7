from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.io.tables import AT_ONCE, read_rows, read_table, write_table

SCHEMA = pa.schema([pa.field("name", pa.string()), pa.field("size", pa.int64())])


def test_rows_and_frames_give_the_same_bytes(tmp_path: Path) -> None:
    write_table([{"name": "a", "size": 1}], SCHEMA, tmp_path / "rows")
    write_table(read_table(tmp_path / "rows", SCHEMA), SCHEMA, tmp_path / "frame")
    assert sha256_file(tmp_path / "rows") == sha256_file(tmp_path / "frame")


def test_rows_come_as_they_were_written(tmp_path: Path) -> None:
    rows = [{"name": str(number), "size": number} for number in range(AT_ONCE + 1)]
    write_table(rows, SCHEMA, tmp_path / "t")
    assert list(read_rows(tmp_path / "t", SCHEMA)) == rows


def test_a_table_of_another_shape_is_named(tmp_path: Path) -> None:
    write_table([{"name": "a"}], pa.schema([("name", pa.string())]), tmp_path / "t")
    with pytest.raises(StudyError, match="column 'size' is missing"):
        read_table(tmp_path / "t", SCHEMA)
    with pytest.raises(StudyError, match="column 'size' is missing"):
        next(read_rows(tmp_path / "t", SCHEMA))
    write_table(
        [{"name": "a", "size": "b"}],
        pa.schema([("name", "string"), ("size", "string")]),
        tmp_path / "t",
    )
    with pytest.raises(StudyError, match="column 'size' is string, not int64"):
        read_table(tmp_path / "t", SCHEMA)
