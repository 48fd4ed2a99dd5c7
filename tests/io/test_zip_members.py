"""Large members of zips, read as streams: with small limits, so that no file need be large."""

import io
import random
import struct
import tarfile
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.audit.source_values import read_whole
from pipeline.io import inflate
from pipeline.io.bounds import MIB
from pipeline.io.part10 import open_dicom
from pipeline.io.sources import Source, walk_sources
from pipeline.io.unusable import SourceError
from tests.dicom_files import encode, us_object
from tests.io.small_members import set_small_limits, sources_of

# Not so regular that its deflated form would be tiny, nor so random that it would not shrink.
DRAW = random.Random(0)
CONTENT = b"".join(DRAW.choice((b"speckle", bytes(9), DRAW.randbytes(3))) for _ in range(9000))
OTHER = b"small"
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]
STEPS = st.lists(
    st.tuples(
        st.sampled_from((io.SEEK_SET, io.SEEK_CUR, io.SEEK_END)),
        st.integers(-len(CONTENT), len(CONTENT) + 9),
        st.integers(-1, 9000),
    ),
    max_size=9,
)


class Unseekable(io.BytesIO):
    """A stream to which a zip's sizes can only be written behind each member."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation


def packed(method: int, stream: io.BytesIO, *, zip64: bool = False, name: str = "a/b") -> bytes:
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("first", OTHER)
        with archive.open(name, "w", force_zip64=zip64) as member:
            member.write(CONTENT)
        archive.writestr("last", OTHER)
    return stream.getvalue()


FORMS: dict[str, Callable[[int], bytes]] = {
    "plain": lambda method: packed(method, io.BytesIO()),
    "zip64": lambda method: packed(method, io.BytesIO(), zip64=True),
    "streamed": lambda method: packed(method, Unseekable()),
    "streamed zip64": lambda method: packed(method, Unseekable(), zip64=True),
    "behind a program": lambda method: b"PK\x03\x04 stub" + packed(method, io.BytesIO()),
    "bad name": lambda method: packed(method, io.BytesIO(), name="b/Zoë").replace(
        "b/Zoë".encode(), b"b/Zo\xeb\xeb"
    ),
}


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    set_small_limits(monkeypatch)


def large_of(folder: Path, content: bytes) -> Source:
    (large,) = (one for one in sources_of(folder, content) if one.size == len(CONTENT))
    return large


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("form", FORMS)
def test_large_members_are_read_beyond_what_memory_may_hold(
    form: str, method: int, tmp_path: Path
) -> None:
    _, first, large, last = sources_of(tmp_path, FORMS[form](method))
    assert (large.size, large.fault) == (len(CONTENT), "")
    with large.open() as one, large.open() as two, first.open() as small:
        assert not isinstance(one, io.BytesIO)
        assert one.read(7000) == CONTENT[:7000]
        assert small.read() == OTHER
        two.seek(-50, io.SEEK_END)
        assert two.read() == CONTENT[-50:]
        assert one.read() == CONTENT[7000:]
        with last.open() as small_too:
            assert small_too.read() == OTHER


@pytest.fixture(scope="module", params=METHODS)
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    return large_of(tmp_path_factory.mktemp("zip"), packed(request.param, io.BytesIO()))


@given(steps=STEPS)
def test_any_place_is_read_as_of_a_file(large: Source, steps: list[tuple[int, int, int]]) -> None:
    plain = io.BytesIO(CONTENT)
    with large.open() as handle:
        for whence, offset, size in steps:
            base = {io.SEEK_SET: 0, io.SEEK_CUR: plain.tell(), io.SEEK_END: len(CONTENT)}[whence]
            place = max(0, base + offset)
            assert handle.seek(place - base, whence) == place
            plain.seek(place)
            assert handle.read(size) == plain.read(size)
            assert handle.tell() == plain.tell()


def test_other_methods_stay_in_memory_and_have_a_limit(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        source = large_of(tmp_path, packed(method, io.BytesIO()))
        assert source.fault == "too_large"
        with pytest.raises(SourceError, match="too_large"):
            source.open()


def header_of(content: bytes) -> int:
    return content.index(b"PK\x03\x04", 4)


def changed(content: bytes, place: int, by: bytes) -> bytes:
    return content[:place] + by + content[place + len(by) :]


def flipped(content: bytes, place: int) -> bytes:
    return changed(content, place, bytes([content[place] ^ 0x10]))


def directory_of(content: bytes) -> int:
    return content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)


def stated_size(content: bytes, size: int) -> bytes:
    return changed(content, directory_of(content) + 24, struct.pack("<L", size))


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "a byte amid": lambda content: flipped(content, header_of(content) + 3000),
    "the checksum": lambda content: flipped(content, directory_of(content) + 16),
    "fewer bytes stated": lambda content: stated_size(content, len(CONTENT) - 1),
    "more bytes stated": lambda content: stated_size(content, len(CONTENT) + 1),
    "its own header's mark": lambda content: flipped(content, header_of(content)),
    "its own header's name": lambda content: flipped(content, header_of(content) + 30),
    "the length of that name": lambda content: flipped(content, header_of(content) + 26),
    "the length of the extra field": lambda content: flipped(content, header_of(content) + 29),
    "fewer packed bytes": lambda content: changed(
        content, directory_of(content) + 20, struct.pack("<L", 2000)
    ),
    "more packed bytes": lambda content: changed(
        content, directory_of(content) + 20, struct.pack("<L", 1 << 30)
    ),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_members_are_refused_before_anything_is_read(
    kind: str, method: int, tmp_path: Path
) -> None:
    content = DAMAGE[kind](packed(method, io.BytesIO()))
    _, _, large, _ = sources_of(tmp_path, content)
    assert large.size > 1000
    for _ in range(2):
        with pytest.raises(SourceError, match="unreadable_member"):
            large.open()


@pytest.mark.parametrize("method", METHODS)
def test_a_file_that_changes_is_compared_again(method: int, tmp_path: Path) -> None:
    content = packed(method, io.BytesIO())
    large = large_of(tmp_path, content)
    assert large.sha256() == large.sha256()
    (tmp_path / "export").write_bytes(flipped(content, header_of(content) + 3000) + b"\0")
    with pytest.raises(SourceError, match="unreadable_member"):
        large.sha256()


def test_what_is_damaged_after_it_was_compared_is_no_end_of_file(tmp_path: Path) -> None:
    content = packed(zipfile.ZIP_DEFLATED, io.BytesIO())
    large = large_of(tmp_path, content)
    with large.open() as handle:
        (tmp_path / "export").write_bytes(content[: header_of(content) + 3000])
        with pytest.raises(SourceError, match="unreadable_member"):
            handle.read()


def test_going_back_costs_little_and_checkpoints_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflate, "LEAST_SPACING", 500)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    inflater = inflate.Inflater(io.BytesIO(packer.compress(CONTENT) + packer.flush()), 0)
    assert inflater.go_to(len(CONTENT) + 1) == len(CONTENT)
    assert 20 < len(inflater.checkpoints) <= inflate.MOST_CHECKPOINTS
    places = [checkpoint.position for checkpoint in inflater.checkpoints]
    widest = max(after - before for before, after in pairwise(places))
    assert widest <= 2 * len(CONTENT) / inflate.MOST_CHECKPOINTS + 2 * inflate.CHUNK


@pytest.mark.parametrize("kind", ["stored", "deflated", "tar.gz"])
def test_the_audit_reads_long_values_of_large_members(kind: str, tmp_path: Path) -> None:
    text = "MUELLER " * 20_000
    content = encode(us_object(TextValue=text))
    if kind == "tar.gz":
        with tarfile.open(tmp_path / "export", "w:gz") as tar:
            info = tarfile.TarInfo("a")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    else:
        method = zipfile.ZIP_STORED if kind == "stored" else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(tmp_path / "export", "w", method) as archive:
            archive.writestr("a", content)
    _, large = walk_sources(tmp_path)
    with open_dicom(large) as handle:
        assert not isinstance(handle, io.BytesIO)
        dataset = read_whole(handle)
        assert dataset is not None
        assert dataset.TextValue == text.rstrip()


def test_a_large_member_is_read_in_constant_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inflate, "LEAST_SPACING", MIB)
    monkeypatch.setattr(inflate, "CHUNK", 1 << 16)
    # The same bytes again, but too far away for deflate to see it.
    block = random.Random(1).randbytes(MIB // 8) * 8
    file = zipfile.ZipFile(tmp_path / "export", "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with file, file.open("large", "w") as member:
        for _ in range(32):
            member.write(block)
    _, large = walk_sources(tmp_path)
    tracemalloc.start()
    with large.open() as handle:
        for _ in range(2):
            handle.seek(0)
            while handle.read(MIB):
                pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * MIB
