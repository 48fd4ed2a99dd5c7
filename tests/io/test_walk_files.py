from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.io.trees import walk_files


def test_every_entry_is_yielded_once_and_sorted_and_a_linked_folder_is_followed(
    tmp_path: Path,
) -> None:
    for name in ("b/2", "b/1", "a/3"):
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / name).write_text(name)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "4").write_text("4")
    (tmp_path / "raw" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw" / "b" / "loop").symlink_to(tmp_path / "raw")
    found = [relative for relative, _ in walk_files(tmp_path / "raw")]
    assert found == [b"a/3", b"b/1", b"b/2", b"b/loop", b"link/4"]


def test_a_folder_that_cannot_be_listed_stops_the_walk(tmp_path: Path) -> None:
    with pytest.raises(
        StudyError, match=r"cannot be listed.*find FOLDER -type d ! -readable"
    ) as caught:
        list(walk_files(tmp_path / "nowhere"))
    assert "nowhere" not in str(caught.value)
