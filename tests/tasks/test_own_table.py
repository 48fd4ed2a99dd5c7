from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.own_table import read_own_table
from tests.tasks.settings import changed

NEEDED = ("task_id", "image_path")


def test_rows_come_with_the_line_that_an_editor_shows(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("task_id, image_path \na,x\n\nb,\nc,y,z\n", encoding="utf-8-sig")
    table = read_own_table("key", path, NEEDED)
    assert table.columns == NEEDED
    told = [(line.number, *(line.cells[name] for name in NEEDED)) for line in table.lines]
    assert told == [(2, "a", "x"), (4, "b", ""), (5, "c", "y")]
    assert table.lines[2].cells[None] == ["z"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", r"key: own\.csv, line 1: it is empty; the first line must be task_id,image_path"),
        (b"\n\n", r"line 1: it is empty"),
        (b"task_id;image_path\na;x\n", r"line 1: .* between semicolons; save it with commas"),
        (b"task_id\timage_path\n", r"line 1: .* between tabs; save it with commas"),
        (b"task_id,image\na,x\n", r"line 1: column image_path is missing"),
        (b"a,b\n", r"columns task_id, image_path are missing; the first line must be"),
        ("task_id,image_path\nknee,Knöchel".encode("latin-1"), r"own\.csv .* CSV in UTF-8"),
    ],
)
def test_a_file_of_another_form_is_told_with_the_remedy(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(StudyError, match=words):
        read_own_table("key", path, NEEDED)


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.csv", tmp_path):
        with pytest.raises(StudyError, match=rf"key: '{path}' is no file .* in full"):
            read_own_table("key", path, NEEDED)


def test_all_that_is_wrong_with_ones_own_files_is_said_at_once(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.csv")
    with pytest.raises(ValueError, match="catalogue: '") as caught:
        changed(catalogue=gone, exclude_file=gone, source="simulate")
    assert "exclude_file: '" in str(caught.value)
    assert "catalogue: the simulator draws" in str(caught.value)
