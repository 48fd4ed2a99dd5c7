from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StudyError
from pipeline.io.sealed import Kind, read_sealed, sealed_writer

SECRET, PURPOSE = bytes(range(32)), "test"
ROWS = [b"Mueller^Anna", b"", b"MRN0012345" * 1000]


def sealed(path: Path, rows: list[bytes], kind: Kind = "key") -> Path:
    with sealed_writer(path, SECRET, kind, PURPOSE) as add:
        for row in rows:
            add(row)
    return path


@pytest.mark.parametrize("kind", ["key", "passphrase"])
def test_rows_come_back_with_the_secret_alone(tmp_path: Path, kind: Kind) -> None:
    path = sealed(tmp_path / "rows", ROWS, kind)
    assert list(read_sealed(path, SECRET, kind, PURPOSE)) == ROWS
    assert path.stat().st_mode & 0o777 == 0o600
    assert ROWS[0] not in path.read_bytes()
    for secret, purpose in ((bytes(32), PURPOSE), (SECRET, "another")):
        with pytest.raises(StudyError, match="wrong secret"):
            next(read_sealed(path, secret, kind, purpose))


def test_the_kind_of_secret_is_told(tmp_path: Path) -> None:
    path = sealed(tmp_path / "rows", ROWS)
    with pytest.raises(StudyError, match="sealed with a key"):
        next(read_sealed(path, SECRET, "passphrase", PURPOSE))


def test_two_files_of_the_same_rows_share_no_bytes(tmp_path: Path) -> None:
    first, second = (sealed(tmp_path / name, ROWS).read_bytes() for name in "ab")
    start = first.index(b"\n") + 5
    assert first[start : start + 28] != second[start : start + 28]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_change_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = sealed(tmp_path_factory.mktemp("sealed") / "rows", [b"one", b"two", b"three"])
    content = path.read_bytes()
    place = data.draw(st.integers(0, len(content) - 1))
    how = data.draw(st.sampled_from(["cut", "flip", "grow"]))
    changed = {
        "cut": content[:place],
        "flip": content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :],
        "grow": content + content[place:],
    }[how]
    path.write_bytes(changed)
    with pytest.raises(StudyError):
        list(read_sealed(path, SECRET, "key", PURPOSE))


def test_rows_cannot_change_places(tmp_path: Path) -> None:
    path = sealed(tmp_path / "rows", [b"one", b"two"])
    content = path.read_bytes()
    start, size = content.index(b"\n") + 1, 4 + 3 + 16
    first, second = content[start : start + size], content[start + size : start + 2 * size]
    path.write_bytes(content[:start] + second + first + content[start + 2 * size :])
    with pytest.raises(StudyError, match="changed"):
        list(read_sealed(path, SECRET, "key", PURPOSE))


def test_nothing_is_left_of_a_file_that_was_not_finished(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError),
        sealed_writer(tmp_path / "rows", SECRET, "key", PURPOSE) as add,
    ):
        add(b"one")
        raise RuntimeError
    assert not list(tmp_path.iterdir())
