import unicodedata
from pathlib import Path

import pytest

from pipeline.tasks.defects import Defect
from pipeline.tasks.files import find_file


def _touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("Detection/uterine\N{NO-BREAK SPACE}fibroid/a 1.jpg", "detection/uterine fibroid/A 1.JPG"),
        ("Seg/uterine fibroid/a.PNG", "Seg/uterine\N{NO-BREAK SPACE}fibroid/a.png"),
        ("Seg/" + unicodedata.normalize("NFD", "Münster") + "/1.png", "Seg/Münster/1.png"),
        ("Seg/two  blanks/1.png", "Seg/two blanks/1.png "),
        ("Seg/a+b, (1).png", "Seg/a+b, (1).png"),
    ],
)
def test_a_name_is_found_whatever_the_file_system_made_of_it(
    tmp_path: Path, stored: str, asked: str
) -> None:
    _touch(tmp_path, stored)
    assert find_file(tmp_path, asked) == tmp_path / stored


def test_the_name_as_it_is_written_comes_first(tmp_path: Path) -> None:
    _touch(tmp_path, "A/x.png", "a/x.png", "a/X.png")
    if len(list(tmp_path.iterdir())) == 1:
        pytest.skip("this file system does not tell case")
    assert find_file(tmp_path, "a/X.png") == tmp_path / "a/X.png"
    with pytest.raises(Defect) as caught:
        find_file(tmp_path, "A/X.PNG")
    assert caught.value.reason == "ambiguous_path"


@pytest.mark.parametrize("asked", ["none.png", "A", "A/none/x.png", "A/x.png/y.png", "long" * 99])
def test_what_is_not_there_is_nothing(tmp_path: Path, asked: str) -> None:
    _touch(tmp_path, "A/x.png")
    assert find_file(tmp_path, asked) is None
