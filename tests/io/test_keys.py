from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import UID

from pipeline.errors import StudyError
from pipeline.io.keys import DEMO_KEY, REPOSITORY, load_key, new_uid, pseudonym

KEY = bytes(range(32))
PARTS = st.lists(st.text() | st.binary(), min_size=1, max_size=3).map(tuple)


def key_file(folder: Path, content: bytes = KEY, mode: int = 0o600) -> str:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


def test_only_a_simulated_study_may_go_without_a_key() -> None:
    assert load_key("", simulated=True) == DEMO_KEY
    with pytest.raises(StudyError, match=r"deidentify\.key_file: real data needs a key"):
        load_key("", simulated=False)


def test_a_good_key_is_read(tmp_path: Path) -> None:
    assert load_key(key_file(tmp_path), simulated=False) == KEY


@pytest.mark.parametrize(
    ("content", "mode", "words"),
    [
        (KEY, 0o640, "others can read"),
        (KEY, 0o604, "others can read"),
        (KEY[:31], 0o600, "shorter than 32"),
        (DEMO_KEY, 0o600, "demo key"),
    ],
)
def test_a_bad_key_is_refused(tmp_path: Path, content: bytes, mode: int, words: str) -> None:
    path = key_file(tmp_path, content, mode)
    with pytest.raises(StudyError, match=words) as error:
        load_key(path, simulated=False)
    assert path not in str(error.value)


def test_a_missing_key_and_one_in_the_repository_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no such file"):
        load_key(str(tmp_path / "none"), simulated=False)
    with pytest.raises(StudyError, match="outside the repository"):
        load_key(str(REPOSITORY / "pyproject.toml"), simulated=False)


def as_bytes(parts: tuple[str | bytes, ...]) -> tuple[bytes, ...]:
    return tuple(
        part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape")
        for part in parts
    )


@given(first=PARTS, second=PARTS)
def test_pseudonyms_differ_where_their_parts_differ(
    first: tuple[str | bytes, ...], second: tuple[str | bytes, ...]
) -> None:
    same = as_bytes(first) == as_bytes(second)
    assert (pseudonym(KEY, "patient", *first) == pseudonym(KEY, "patient", *second)) == same
    assert pseudonym(KEY, "patient", *first) != pseudonym(KEY, "study", *first)
    assert pseudonym(KEY, "patient", *first) != pseudonym(DEMO_KEY, "patient", *first)


@given(first=st.text(max_size=64), second=st.text(max_size=64))
def test_new_uids_are_valid_short_and_distinct(first: str, second: str) -> None:
    uid = UID(new_uid(KEY, first))
    assert uid.is_valid
    assert len(uid) <= 64
    assert (uid == new_uid(KEY, second)) == (first == second)
