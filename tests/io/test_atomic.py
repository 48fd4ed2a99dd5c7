import json
from pathlib import Path

import pytest

from pipeline.io.atomic import atomic_path, write_json


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    final = tmp_path / "table"
    final.write_text("old")
    with pytest.raises(RuntimeError), atomic_path(final) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert final.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["table"]


def test_json_bytes_do_not_depend_on_key_order(tmp_path: Path) -> None:
    write_json(tmp_path / "a", {"x": 1, "a": [1, 2]})
    write_json(tmp_path / "b", {"a": [1, 2], "x": 1})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert json.loads((tmp_path / "a").read_text()) == {"x": 1, "a": [1, 2]}
