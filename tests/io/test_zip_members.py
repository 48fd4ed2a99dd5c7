"""Large members of zips, against Python's own reading of the same zip."""

import io
import random
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.io import archives, inflate, zip_members
from pipeline.io.archives import SourceError
from pipeline.io.bombs import MIB
from pipeline.io.hashing import sha256_stream
from pipeline.io.sources import Source, walk_sources

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
NOISE = random.Random(0).randbytes(40_000)
HEADER_BYTES = 31  # of the first member, with its name
CONTENT = b"".join(NOISE[start : start + 9000] * 2 for start in range(0, 30_000, 3000))


@pytest.fixture(autouse=True)
def _all_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LARGE_MEMBER_BYTES", 0)
    monkeypatch.setattr(inflate, "SPACING", 5000)
    monkeypatch.setattr(inflate, "MOST_PLACES", 6)
    monkeypatch.setattr(inflate, "CHUNK", 700)
    monkeypatch.setattr(zip_members, "BLOCK", 900)
    zip_members._is_whole.cache_clear()


class Unseekable(io.BytesIO):
    """What a zip is written to in one go: sizes stand behind each member."""

    def seekable(self) -> bool:
        return False

    def seek(self, offset: int, whence: int = 0) -> int:
        raise OSError

    def tell(self) -> int:
        raise OSError


def zipped(
    folder: Path, method: int, buffer: io.BytesIO | None = None, before: bytes = b""
) -> Path:
    """Write a zip of two members and a short one between them."""
    buffer = buffer or io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a", CONTENT)
        archive.writestr("b", b"short")
        with archive.open("c", "w", force_zip64=True) as member:
            member.write(CONTENT[::-1])
    path = folder / "zip"
    path.write_bytes(before + buffer.getvalue())
    return path


def members(path: Path) -> list[Source]:
    whole, *found = walk_sources(path.parent)
    assert whole.fault == "archive"
    return found


@pytest.mark.parametrize("before", [b"", b"PK\x03\x04 stub"])
@pytest.mark.parametrize("buffer", [io.BytesIO, Unseekable])
@pytest.mark.parametrize("method", METHODS)
def test_a_member_is_what_was_packed(
    method: int, buffer: type[io.BytesIO], before: bytes, tmp_path: Path
) -> None:
    expected = [CONTENT, b"short", CONTENT[::-1]]
    found = members(zipped(tmp_path, method, buffer(), before))
    handles = [source.open() for source in found]
    assert [handle.read() for handle in handles] == expected
    for handle in handles:
        handle.close()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(METHODS[:2]),
    steps=st.lists(st.tuples(st.integers(0, len(CONTENT) + 10), st.integers(-1, 9000))),
)
def test_a_member_is_read_from_any_place(
    method: int, steps: list[tuple[int, int]], tmp_path: Path
) -> None:
    plain, source = io.BytesIO(CONTENT), members(zipped(tmp_path, method))[0]
    with source.open() as member:
        assert member.seek(0, io.SEEK_END) == len(CONTENT)
        for place, size in steps:
            member.seek(place)
            plain.seek(place)
            assert member.read(size) == plain.read(size)


@pytest.mark.parametrize("method", METHODS[:2])
def test_a_damaged_member_is_refused_before_it_is_used(method: int, tmp_path: Path) -> None:
    path = zipped(tmp_path, method)
    whole = path.read_bytes()
    first, _, last = members(path)
    for place in range(0, len(whole) // 3, 501):
        content = bytearray(whole)
        content[place] ^= 0x10
        path.write_bytes(content)
        zip_members._is_whole.cache_clear()
        archives._opened.cache_clear()
        if place > HEADER_BYTES:  # of a header some bits are read by nobody, as of a time
            with pytest.raises(SourceError, match="unreadable_member"):
                first.open()
        with last.open() as handle:
            assert handle.read() == CONTENT[::-1]


def test_a_member_that_grows_beyond_its_stated_size_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, zipfile.ZIP_DEFLATED)
    content = path.read_bytes()
    stated = len(CONTENT).to_bytes(4, "little")
    path.write_bytes(content.replace(stated, (len(CONTENT) - 1).to_bytes(4, "little")))
    with pytest.raises(SourceError, match="unreadable_member"):
        members(path)[0].open()


def test_there_are_never_many_places() -> None:
    packer = zlib.compressobj(wbits=-15)
    packed = packer.compress(CONTENT * 20) + packer.flush()
    reader = inflate.InflatingReader(io.BytesIO(packed))
    while reader.read(1000):
        assert len(reader._places) <= 6 + 1
    places = [place.position for place in reader._places]
    assert len(places) >= 3
    assert places == sorted(set(places))


@pytest.mark.parametrize("method", METHODS[:2])
def test_a_large_member_is_never_whole_in_memory(
    method: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(archives, "MAX_MEMBER_BYTES", 16 * MIB)  # not asked for these methods
    block = random.Random(1).randbytes(MIB)
    with (
        zipfile.ZipFile(tmp_path / "zip", "w", method, compresslevel=1) as archive,
        archive.open("a", "w") as member,
    ):
        for _ in range(48):
            member.write(block)
    (source,) = members(tmp_path / "zip")
    tracemalloc.start()
    with source.open() as handle:
        digest = sha256_stream(handle)
        handle.seek(40 * MIB)
        assert handle.read(MIB) == block
        handle.seek(3 * MIB)
        assert handle.read(MIB) == block
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert digest == sha256_stream(io.BytesIO(block * 48))
    assert peak < 12 * MIB
