import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.io.bounds import allowed_bytes
from pipeline.io.sources import MEMBER_MARK, Source, walk_sources
from pipeline.io.trees import summarise_tree, walk_files
from pipeline.io.unusable import SourceError

FILES = {
    b"a/one": b"1",
    b"a/two.dcm": b"22" * 700,
    "b/Zoë".encode(): b"",
    b"c/d/e/four": b"4" * 513,
}


def zipped(files: dict[bytes, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("a/", b"")
        for name, content in files.items():
            archive.writestr(name.decode(), content)
    return buffer.getvalue()


def tarred(files: dict[bytes, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        folder = tarfile.TarInfo("a")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, content in files.items():
            info = tarfile.TarInfo(os.fsdecode(name))
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PACKERS: dict[str, Callable[[], bytes]] = {
    "zip": lambda: zipped(FILES),
    "stored zip": lambda: zipped(FILES, zipfile.ZIP_STORED),
    "tar": lambda: tarred(FILES),
    "old tar": lambda: tarred(FILES, tarfile.GNU_FORMAT),
    "tar.gz": lambda: gzip.compress(tarred(FILES)),
    "tar.bz2": lambda: bz2.compress(tarred(FILES)),
    "tar.xz": lambda: lzma.compress(tarred(FILES)),
}


def found(folder: Path) -> list[Source]:
    return list(walk_sources(folder))


def write(folder: Path, content: bytes, name: str = "export.dcm") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder


def content_of(source: Source) -> bytes:
    with source.open() as handle:
        return handle.read()


@pytest.mark.parametrize("kind", PACKERS)
def test_an_archive_is_known_by_its_content_and_holds_what_was_packed(
    kind: str, tmp_path: Path
) -> None:
    whole, *members = found(write(tmp_path, PACKERS[kind]()))
    assert (whole.fault, whole.relative) == ("archive", b"export.dcm")
    prefix = b"export.dcm" + MEMBER_MARK
    assert {member.relative.removeprefix(prefix): content_of(member) for member in members} == FILES
    # In any order, and more than once.
    assert [content_of(one) for one in members[::-1]] == list(FILES.values())[::-1]
    assert [member.size for member in members] == [len(content) for content in FILES.values()]


@pytest.mark.parametrize("kind", PACKERS)
def test_a_damaged_archive_raises_nothing_and_loses_nothing_silently(
    kind: str, tmp_path: Path
) -> None:
    content = PACKERS[kind]()
    for cut in range(5, len(content), 97):
        sources = found(write(tmp_path, content[:cut]))
        # A packed tar of which not even the first block is left cannot be told from other files.
        whole_tar = "tar" in kind and sources[0].fault == "archive"
        assert not whole_tar or cut >= len(content) - tarfile.RECORDSIZE
        for source in sources[1:]:
            try:
                assert content_of(source) in FILES.values()
            except SourceError as error:
                assert error.reason == "unreadable_member"


def test_a_tar_with_a_damaged_header_amid_is_not_silently_shorter(tmp_path: Path) -> None:
    content = bytearray(tarred(FILES, tarfile.GNU_FORMAT))
    content[content.index(b"c/d/e/four")] ^= 1
    sources = found(write(tmp_path, bytes(content)))
    assert [source.fault for source in sources] == ["corrupt_archive", "", "", ""]


def test_a_second_tar_behind_the_first_is_not_silently_left_out(tmp_path: Path) -> None:
    content = tarred(FILES, tarfile.GNU_FORMAT)
    sources = found(write(tmp_path, content + tarred({b"more": b"content"}, tarfile.GNU_FORMAT)))
    assert sources[0].fault == "corrupt_archive"
    assert len(sources) == 1 + len(FILES)


def test_equal_names_in_one_archive_are_two_sources(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a", b"1")
        archive.writestr("a", b"2")
    sources = found(write(tmp_path, buffer.getvalue()))
    assert len({source.relative for source in sources}) == 3
    assert [content_of(source) for source in sources[1:]] == [b"1", b"2"]


@pytest.mark.parametrize("before", [b"", b"PK\x03\x04 stub"])
def test_a_name_of_a_wrong_encoding_costs_no_member(before: bytes, tmp_path: Path) -> None:
    right, wrong = "b/Zoë".encode(), b"b/Zo\xeb\xeb"
    files = FILES | {right: b"3" * 800, "c/ö".encode(): b"5", b"d": right}
    content = before + zipped(files).replace(right, wrong)
    whole, *members = found(write(tmp_path, content))
    assert whole.fault == "archive"
    prefix = b"export.dcm" + MEMBER_MARK
    expected = {
        wrong.decode("cp437").encode() if name == right else name: content
        for name, content in files.items()
    }
    for _ in range(2):
        members.reverse()
        read = {one.relative.removeprefix(prefix): content_of(one) for one in members}
        assert read == expected


def test_a_cut_zip_with_such_a_name_raises_nothing(tmp_path: Path) -> None:
    content = zipped(FILES).replace("b/Zoë".encode(), b"b/Zo\xeb\xeb")
    for cut in range(5, len(content), 7):
        whole, *members = found(write(tmp_path, content[:cut]))
        assert whole.fault == "corrupt_archive"
        assert not members


def test_links_are_read_once_and_loops_not_at_all(tmp_path: Path) -> None:
    raw = write(tmp_path / "raw", b"content", "file")
    outside = tmp_path / "outside"
    outside.write_bytes(b"elsewhere")
    links = {"inside": raw / "file", "out": outside, "folder": tmp_path, "nowhere": tmp_path / "0"}
    for name, target in links.items():
        (raw / name).symlink_to(target)
    (raw / "one").symlink_to("two")
    (raw / "two").symlink_to("one")
    os.mkfifo(raw / "pipe")
    by_name = {source.relative.decode(): source for source in found(raw)}
    assert {name for name, source in by_name.items() if source.fault == "link"} == {
        "inside", "folder", "nowhere", "one", "two",
    }  # fmt: skip
    assert by_name["pipe"].fault == "file_error"
    assert content_of(by_name["file"]) == b"content"
    assert content_of(by_name["out"]) == b"elsewhere"
    with pytest.raises(SourceError):
        by_name["pipe"].open()


def test_a_linked_folder_elsewhere_is_read_once(tmp_path: Path) -> None:
    year, raw = tmp_path / "disk" / "2019", tmp_path / "raw"
    write(tmp_path / "disk", b"beside", "beside")
    write(year, b"one", "a")
    write(year / "may", b"two", "b")
    raw.mkdir()
    (raw / "2019").symlink_to(year)
    (raw / "again").symlink_to(year)
    (raw / "within").symlink_to(year / "may")
    (raw / "around").symlink_to(tmp_path / "disk")
    (year / "back").symlink_to(raw)
    sources = found(raw)
    read = {source.relative: content_of(source) for source in sources if not source.fault}
    assert read == {b"2019/a": b"one", b"2019/may/b": b"two"}
    links = {source.relative for source in sources if source.fault == "link"}
    assert links == {b"2019/back", b"again", b"within", b"around"}


def test_names_of_any_bytes_are_walked(tmp_path: Path) -> None:
    for name in (b"M\xfcller", b"new\nline", b"a\\b"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(name)
    assert {source.relative: content_of(source) for source in found(tmp_path)} == {
        name: name for name in (b"M\xfcller", b"new\nline", b"a\\b")
    }


def encrypted() -> bytes:
    content = bytearray(zipped({b"a": b"1"}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 8] |= 1  # of the last entry only
    return bytes(content)


def tarred_link() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo("link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(info)
    return buffer.getvalue()


BOMB_BYTES = allowed_bytes(400_000) + 1
FAULTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "password": ("encrypted_member", encrypted),
    "zip bomb": ("archive_bomb", lambda: zipped({b"a": bytes(BOMB_BYTES)})),
    "link in a tar": ("link", tarred_link),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_member_that_cannot_be_read_has_its_reason(kind: str, tmp_path: Path) -> None:
    expected, make = FAULTS[kind]
    whole, *members = found(write(tmp_path, make()))
    assert whole.fault == "archive"
    assert members[-1].fault == expected
    with pytest.raises(SourceError):
        members[-1].open()


def test_a_packed_tar_that_unpacks_too_far_is_left(tmp_path: Path) -> None:
    bomb = gzip.compress(tarred({b"a": bytes(BOMB_BYTES), b"b": b"1"}), 9)
    whole, *members = found(write(tmp_path, bomb))
    assert whole.fault == "archive_bomb"
    assert len(members) == 1


def test_other_packed_files_are_told(tmp_path: Path) -> None:
    for content in (gzip.compress(b"text"), b"7z\xbc\xaf\x27\x1c" + bytes(99), b"\x1f\x8b\x08"):
        assert [source.fault for source in found(write(tmp_path, content))] == ["compressed"]


def test_a_file_that_changes_or_vanishes_is_noticed(tmp_path: Path) -> None:
    write(tmp_path, b"content", "a")
    write(tmp_path, zipped(FILES), "b")
    sources = found(tmp_path)
    assert [source.change() for source in sources] == [""] * 6
    (tmp_path / "a").write_bytes(b"Content and more")
    (tmp_path / "b").unlink()
    assert [source.change() for source in sources] == ["changed"] + ["vanished"] * 5


def test_files_on_disk_are_those_of_the_tree(tmp_path: Path) -> None:
    write(tmp_path, zipped(FILES), "b")
    write(tmp_path, b"1", "a")
    own = [source for source in found(tmp_path) if source.member is None]
    assert [source.relative for source in own] == [relative for relative, _ in walk_files(tmp_path)]
    assert sum(source.size for source in own) == summarise_tree(tmp_path).bytes
