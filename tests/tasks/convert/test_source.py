import os
import re
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.convert.cases import pair
from pipeline.tasks.convert.source import Source
from tests.tasks.convert.files import write


def _source(root: Path, *names: str) -> Source:
    for name in names:
        write(root / name, name)
    return Source(root)


def _lines(source: Source) -> list[tuple[str, str, str]]:
    source.close()
    return [(line.file, line.task, line.reason) for line in source.refused]


def test_every_file_has_one_fate(tmp_path: Path) -> None:
    source = _source(tmp_path, "a/used.png", "b/refused.png", "c/forgotten.txt", "d/both.xml")
    source.use("a/used.png", "image")
    source.refuse("b/refused.png", "empty_file", "first")
    source.refuse("b/refused.png", "unreadable_image", "second")
    source.refuse("d/both.xml", "bad_annotation", "of one image")
    source.use("d/both.xml", "label")
    source.refuse("d/both.xml", "bad_row", "one row", task="lung")
    assert _lines(source) == [
        ("b/refused.png", "", "empty_file"),
        ("c/forgotten.txt", "", "unrecognised"),
        ("d/both.xml", "lung", "bad_row"),
    ]


def test_files_are_found_in_any_case_and_listed_in_order(tmp_path: Path) -> None:
    source = _source(tmp_path, "B/x.PNG", "a/Y.png", "a/z.jpg")
    found = [file for file, _ in source.matching(re.compile(r"\.png$", re.I))]
    assert found == ["B/x.PNG", "a/Y.png"]
    assert source.find("b/X.png") == "B/x.PNG"
    assert source.find("b/none.png") is None


def test_a_name_that_is_no_text_is_refused_and_counted(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    try:
        Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/bad\xff.png")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system has no such names")
    source = Source(tmp_path / "in")
    assert source.files == []
    assert _lines(source) == [("bad\\xff.png", "", "bad_name")]
    assert source.found == ["bad\\xff.png"]


@pytest.mark.parametrize("separator", [";", ","])
def test_tables_are_read_with_blanks_removed(tmp_path: Path, separator: str) -> None:
    lines = ("\ufeffName;Train ", "a; 1", "b;0;more", "c")
    write(tmp_path / "t.csv", "\r\n".join(lines).replace(";", separator))
    rows = list(Source(tmp_path).rows("t.csv", ("Name", "Train")))
    assert rows == [
        (1, {"Name": "a", "Train": "1"}),
        (2, {"Name": "b", "Train": "0"}),
        (3, {"Name": "c", "Train": ""}),
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"Name,Train\n\xff,1\n"])
def test_what_is_no_table_is_an_error(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "t.csv", content)
    with pytest.raises(StudyError, match=r"t\.csv"):
        list(Source(tmp_path).rows("t.csv", ("Name", "Train")))


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no such folder"):
        Source(tmp_path / "none")


def test_pairs_are_by_key_and_what_is_left_over_is_refused(tmp_path: Path) -> None:
    names = ("1.png", "1.PNG", "2.png", "1_m.png", "1_n.png", "3_m.png")
    source = _source(tmp_path, *names)
    entries = [((name.split(".")[0].split("_")[0],), name, "_" in name) for name in names]
    assert list(pair(source, entries, several=True)) == [
        (("1",), "1.png", ("1_m.png", "1_n.png")),
        (("2",), "2.png", ()),
    ]
    source.use("1.png", "image")
    assert ("1.PNG", "", "duplicate_name") in _lines(source)
    assert ("3_m.png", "", "missing_image") in _lines(source)
