import base64
import hashlib
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import UID

from pipeline.errors import StudyError
from pipeline.io.keys import (
    DEMO_KEY,
    REPOSITORY,
    VARIABLE,
    Key,
    key_id,
    load_key,
    new_uid,
    pseudonym,
)

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PARTS = st.lists(st.text() | st.binary(), min_size=1, max_size=3).map(tuple)


def key_file(folder: Path, content: bytes = KEY, mode: int = 0o600) -> str:
    path = folder / "key"
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


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
        (bytes(32), 0o600, "not random"),
        (b"secret" * 9, 0o600, "not random"),
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


@settings(deadline=None)
@given(first=PARTS, second=PARTS)
def test_pseudonyms_differ_where_their_parts_differ(
    first: tuple[str | bytes, ...], second: tuple[str | bytes, ...]
) -> None:
    same = as_bytes(first) == as_bytes(second)
    assert (pseudonym(KEY, "patient", *first) == pseudonym(KEY, "patient", *second)) == same
    assert pseudonym(KEY, "patient", *first) != pseudonym(KEY, "study", *first)
    assert pseudonym(KEY, "patient", *first) != pseudonym(DEMO_KEY, "patient", *first)


@settings(deadline=None)
@given(first=st.text(max_size=64), second=st.text(max_size=64))
def test_new_uids_are_valid_short_and_distinct(first: str, second: str) -> None:
    uid = UID(new_uid(KEY, first))
    assert uid.is_valid
    assert len(uid) <= 64
    assert (uid == new_uid(KEY, second)) == (first == second)


@pytest.mark.parametrize("spelling", [KEY.hex(), KEY.hex().upper(), base64.b64encode(KEY).decode()])
def test_a_key_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spelling: str
) -> None:
    monkeypatch.setenv(VARIABLE, f" {spelling}\n")
    assert load_key("", simulated=False) == KEY
    assert load_key(key_file(tmp_path), simulated=False) == KEY
    assert load_key("", simulated=True) == DEMO_KEY


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        (KEY[:31].hex(), "shorter than 32"),
        (base64.b64encode(KEY[:31]).decode(), "shorter than 32"),
        ("not a key!", "neither hexadecimal nor base64"),
        (KEY.hex() + "\u00e9", "neither hexadecimal nor base64"),
        (DEMO_KEY.hex(), "demo key"),
        ("00" * 32, "not random"),
    ],
)
def test_a_bad_key_in_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch, spelling: str, words: str
) -> None:
    monkeypatch.setenv(VARIABLE, spelling)
    with pytest.raises(StudyError, match=words) as error:
        load_key("", simulated=False)
    assert spelling not in "".join(traceback.format_exception(error.value))


def test_file_and_environment_must_agree(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, OTHER_KEY.hex())
    for simulated in (False, True):
        with pytest.raises(StudyError, match="different keys"):
            load_key(key_file(tmp_path), simulated)


def test_a_key_shows_itself_nowhere(tmp_path: Path) -> None:
    key = load_key(key_file(tmp_path), simulated=False)
    shown = [repr(key), str(key), f"{key!s}", f"{key!r}", repr([key])]
    assert set(shown) == {"<key>", "[<key>]"}
    assert isinstance(load_key("", simulated=True), Key)


def test_a_crash_shows_the_key_neither_in_the_traceback_nor_in_the_process_title() -> None:
    program = (
        "import sys; from pipeline.io.keys import load_key, pseudonym; "
        "from pathlib import Path; key = load_key('', simulated=False); "
        "titles = Path('/proc/self/cmdline'); "
        "print(titles.read_bytes() if titles.exists() else sys.argv, locals()); "
        "pseudonym(key, 'patient', None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={VARIABLE: KEY.hex(), "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "AttributeError" in done.stderr
    for spelling in (KEY.hex(), repr(KEY), base64.b64encode(KEY).decode()):
        assert spelling not in done.stdout + done.stderr


def test_pseudonyms_are_those_of_earlier_studies() -> None:
    assert pseudonym(KEY, "patient", "MRN0012345", "") == "bc426bce780a6d3a1314131adb8c49d7"
    assert new_uid(KEY, "1.2.3.4") == "2.25.221207568290688317243979927480088309899"


def test_pseudonyms_are_injective_and_another_key_gives_none_of_them() -> None:
    ids = [f"MRN{number:07d}" for number in range(20_000)]
    ours = {pseudonym(KEY, "patient", name, "") for name in ids}
    theirs = {pseudonym(OTHER_KEY, "patient", name, "") for name in ids}
    assert len(ours) == len(theirs) == len(ids)
    assert not ours & theirs
    uids = {new_uid(KEY, name) for name in ids}
    assert len(uids) == len(ids)
    assert not uids & {new_uid(OTHER_KEY, name) for name in ids}


def test_the_list_of_all_ids_recovers_nobody_without_the_key() -> None:
    ids = [f"MRN{number:05d}" for number in range(2_000)]
    published = {pseudonym(KEY, "patient", name, "") for name in ids}
    guesses = [b"", b"patient", DEMO_KEY, bytes(32), key_id(KEY).encode(), OTHER_KEY]
    hashes = [hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha512]
    recovered = {
        made
        for name in ids
        for made in (
            *(pseudonym(guess, "patient", name, "") for guess in guesses),
            *(hash_(name.encode()).hexdigest()[:32] for hash_ in hashes),
            *(hash_(b"patient" + name.encode()).hexdigest()[:32] for hash_ in hashes),
        )
        if made in published
    }
    assert not recovered


# Of one length: HMAC itself cannot tell a key from the same one with zero bytes behind it.
@settings(deadline=None)
@given(key=st.binary(min_size=32, max_size=32), other=st.binary(min_size=32, max_size=32))
def test_a_key_id_tells_keys_apart_and_shows_no_part_of_them(key: bytes, other: bytes) -> None:
    assert (key_id(key) == key_id(other)) == (key == other)
    assert len(key_id(key)) == 16
    assert key_id(key) not in key.hex()
    assert not pseudonym(key, "patient", "MRN0012345").startswith(key_id(key))
