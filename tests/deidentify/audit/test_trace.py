"""After a finding: the error says where a value lies and where it stems from, never the value."""

from pathlib import Path

import pytest

from pipeline.deidentify.tables import FRAMES
from pipeline.errors import StudyError
from pipeline.io.keys import pseudonym
from pipeline.io.shards import open_shard, read_shard
from pipeline.io.tables import read_table, write_table
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.dicom_files import screens, us_object, write_object

OPERATOR = "Quackenbush^Theodora"
SECRETS = ("quackenbush", "theodora", "zzyzx", "1.2.3.4")


@pytest.fixture
def traced(tmp_path: Path) -> Study:
    """Return a study of two files: a name in the first's header, another in the second's path."""
    first = us_object(screens(1, 0), uid="1.2.3.4.1", OperatorsName=OPERATOR)
    write_object(tmp_path / "raw/a.dcm", first)
    second = us_object(screens(1, 1), uid="1.2.3.4.2")
    write_object(tmp_path / "raw/Zzyzxania/b.dcm", second)
    return chain.run(tmp_path / "raw", tmp_path / "out")


def told(study: Study) -> list[str]:
    """Return the lines of the error; none quotes what was found."""
    with pytest.raises(StudyError, match="audit found") as caught:
        study.audit()
    text = str(caught.value)
    assert not [secret for secret in SECRETS if secret in text.lower()]
    return text.splitlines()


def line_of(lines: list[str], start: str) -> str:
    (line,) = [line for line in lines if line.strip().startswith(start)]
    return line


def named(study: Study, relative: bytes) -> str:
    return f"instance {pseudonym(study.key, 'instance', relative)}"


def write_into(study: Study, column: str, row: int, text: str) -> str:
    path = study.out / "frames.parquet"
    table = read_table(path, FRAMES)
    table.loc[table.index[row], column] = text
    write_table(table, FRAMES, path)
    return f"instance {table.instance.iloc[row]}"


def test_a_value_in_a_table_is_traced_to_its_row_column_and_attribute(traced: Study) -> None:
    where = write_into(traced, "manufacturer", -1, "seen by Theodora Quackenbush")
    lines = told(traced)
    assert f"in {where}, manufacturer" in line_of(lines, "value_in_table frames.parquet")
    assert line_of(lines, "from OperatorsName").endswith(named(traced, b"a.dcm"))
    assert not [line for line in lines if "the path" in line]


def test_a_folders_name_is_traced_to_the_path(traced: Study) -> None:
    write_into(traced, "manufacturer", 0, "Zzyzxania")
    line = line_of(told(traced), "from the path of the file")
    assert line.endswith(named(traced, b"Zzyzxania/b.dcm"))


def test_a_leak_in_place_of_a_pseudonym_is_told_by_its_row(traced: Study) -> None:
    write_into(traced, "instance", 0, "Zzyzxania")
    assert "row 1, instance" in line_of(told(traced), "value_in_table frames.parquet")


def test_bytes_in_a_tar_are_traced_to_the_frame_and_the_attribute(traced: Study) -> None:
    path = next(path for path in traced.parts if list(read_shard(path)))
    samples = list(read_shard(path))
    key, parts = samples[-1]
    samples[-1] = key, {"png": parts["png"] + b"QUACKENBUSH^THEODORA"}
    with open_shard(path) as writer:
        for sample in samples:
            writer.add(*sample)
    lines = told(traced)
    assert f"frame {key}" in line_of(lines, f"value_in_bytes {path.name}")
    assert f"frame {key}" in line_of(lines, f"text_chunk_in_image {path.name}")
    assert line_of(lines, "from OperatorsName").endswith(named(traced, b"a.dcm"))
