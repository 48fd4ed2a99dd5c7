"""Tars that gzip packed, in one frame or several, and their large members."""

import gzip
import io
import lzma
import random
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.io.inflate import GZIP, Inflater
from pipeline.io.unusable import SourceError
from tests.io.small_members import set_small_limits, sources_of

DRAW = random.Random(0)
LARGE = [
    b"".join(DRAW.choice((b"speckle", bytes(9), DRAW.randbytes(3))) for _ in range(6000))
    for _ in range(2)
]
FILES = {"a": b"small", "b": LARGE[0], "c": b"also small", "d": LARGE[1], "e": b"last"}


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in FILES.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def framed(content: bytes, size: int, padding: bytes = b"") -> bytes:
    parts = (content[place : place + size] for place in range(0, len(content), size))
    return b"".join(gzip.compress(part) + padding for part in parts)


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "one frame": gzip.compress,
    "frames": lambda content: framed(content, 7000),
    "padded frames": lambda content: framed(content, 30_000, bytes(700)),
    "frames with nothing": lambda content: framed(content, 30_000, gzip.compress(b"")),
}


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    set_small_limits(monkeypatch)


@pytest.mark.parametrize("form", FORMS)
def test_members_of_any_size_are_read_in_any_order(form: str, tmp_path: Path) -> None:
    whole, *found = sources_of(tmp_path, FORMS[form](tarred()))
    assert whole.fault == "archive"
    assert [one.fault for one in found] == [""] * len(FILES)
    for source in found + found[::-1] + found[1::2]:
        expected = FILES[source.relative.decode()[-1]]
        with source.open() as handle:
            assert isinstance(handle, io.BytesIO) == (len(expected) < 1000)
            assert handle.read(5) == expected[:5]
            assert handle.seek(-3, io.SEEK_END) == len(expected) - 3
            assert handle.read() == expected[-3:]
            assert handle.seek(1) == 1
            assert handle.read() == expected[1:]


@given(
    content=st.binary(max_size=2000),
    size=st.integers(1, 700),
    padding=st.sampled_from((b"", bytes(3), bytes(600))),
    steps=st.lists(st.tuples(st.integers(0, 2100), st.integers(0, 900))),
)
def test_frames_are_one_stream(
    content: bytes, size: int, padding: bytes, steps: list[tuple[int, int]]
) -> None:
    inflater = Inflater(io.BytesIO(framed(content, size, padding)), 0, GZIP)
    for position, wanted in steps if content else ():
        assert inflater.read_at(position, wanted) == content[position : position + wanted]


def test_what_xz_packed_stays_in_memory_and_has_a_limit(tmp_path: Path) -> None:
    _, *found = sources_of(tmp_path, lzma.compress(tarred()))
    assert [one.fault for one in found] == ["", "too_large", "", "too_large", ""]


def test_damage_raises_nothing_else_and_loses_nothing_silently(tmp_path: Path) -> None:
    content = gzip.compress(tarred())
    refused = 0
    for cut in range(600, len(content) - 9, 997):
        whole, *found = sources_of(tmp_path, content[:cut])
        assert whole.fault == "corrupt_archive"
        for source in found:
            try:
                with source.open() as handle:
                    assert handle.read() in FILES.values()
            except SourceError as error:
                assert error.reason == "unreadable_member"
                refused += 1
    assert refused


@pytest.mark.parametrize(
    "behind",
    [b"garbage", b"\x1f\x8b\x08", gzip.compress(b"1" * 9000)[:-9]],
    ids=["no frame", "half a header", "a cut frame"],
)
def test_what_is_no_frame_behind_the_last_is_told(behind: bytes, tmp_path: Path) -> None:
    whole, *found = sources_of(tmp_path, gzip.compress(tarred()) + behind)
    assert whole.fault == "corrupt_archive"
    assert len(found) == len(FILES)


def test_what_is_damaged_after_it_was_read_once_is_no_end_of_file(tmp_path: Path) -> None:
    content = gzip.compress(tarred())
    _, _, large, *_ = sources_of(tmp_path, content)
    with large.open() as handle:
        (tmp_path / "export").write_bytes(content[:2000])
        with pytest.raises(SourceError, match="unreadable_member"):
            handle.read()
    with pytest.raises(SourceError, match="unreadable_member"):
        large.open()
