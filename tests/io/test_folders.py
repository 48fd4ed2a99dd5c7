from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.io.folders import new_folder


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    final = tmp_path / "deep/out"
    with pytest.raises(RuntimeError), new_folder(final) as folder:
        (folder / "a").write_text("half")
        raise RuntimeError
    assert list(final.parent.iterdir()) == []
    (final.parent / ".out.partial").mkdir()
    (final.parent / ".out.partial/b").write_text("left by a kill")
    final.mkdir()
    with new_folder(final) as folder:
        (folder / "a").write_text("whole")
        assert not any(final.iterdir())
    assert [path.name for path in final.iterdir()] == ["a"]
    assert [path.name for path in final.parent.iterdir()] == ["out"]


def test_what_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for name in ("file", "."):
        with pytest.raises(StudyError, match="something already"), new_folder(tmp_path / name):
            pass
    assert (tmp_path / "file").read_text() == "mine"
