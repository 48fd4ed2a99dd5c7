import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.deidentify.crosswalk import (
    check_place,
    crosswalk_rows,
    main,
    read_crosswalk,
    write_crosswalk,
)
from pipeline.errors import StudyError
from pipeline.io.keys import REPOSITORY, new_uid, pseudonym
from pipeline.io.sources import walk_sources
from tests.dicom_files import encode, us_object, write_archive

KEY = bytes(range(32))


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    write_archive(tmp_path / "raw")
    with zipfile.ZipFile(tmp_path / "raw" / "more.zip", "w") as members:
        members.writestr("a/b.dcm", encode(us_object()))
    (tmp_path / "raw" / "note.txt").write_text("no DICOM file")
    (tmp_path / "raw" / os.fsdecode(b"M\xfcller")).write_bytes(b"a name in Latin-1")
    return tmp_path / "raw"


def test_every_file_has_a_row_with_its_originals_and_what_stands_for_them(raw: Path) -> None:
    rows = list(crosswalk_rows(walk_sources(raw), KEY))
    assert [row["instance"] for row in rows] == [
        pseudonym(KEY, "instance", source.relative) for source in walk_sources(raw)
    ]
    assert any(row["path"] == "more.zip\0/a/b.dcm" for row in rows)
    read = [row for row in rows if "SOPInstanceUID" in row]
    assert len(read) == len(rows) - 3
    for row in read:
        assert row["new_SOPInstanceUID"] == new_uid(KEY, row["SOPInstanceUID"])
        assert row["patient"] == pseudonym(KEY, "patient", row["PatientID"], "")
        assert row["study"] == pseudonym(KEY, "study", row["StudyInstanceUID"])


def test_a_damaged_file_has_its_path_and_instance_alone(raw: Path) -> None:
    damaged = encode(us_object()).replace(b"\x10\0\x20\0LO", b"\x10\0\x20\0Ue")
    (raw / "damaged.dcm").write_bytes(damaged)
    (row,) = [row for row in crosswalk_rows(walk_sources(raw), KEY) if "damaged" in row["path"]]
    assert set(row) == {"path", "instance"}


def test_the_crosswalk_is_encrypted_and_read_back(raw: Path, tmp_path: Path) -> None:
    out = tmp_path / "vault" / "crosswalk"
    rows = list(crosswalk_rows(walk_sources(raw), KEY))
    assert write_crosswalk(out, walk_sources(raw), KEY, KEY, "key") == len(rows)
    assert list(read_crosswalk(out, KEY, "key")) == rows
    content = out.read_bytes()
    for row in rows:
        assert all(
            str(value).encode("utf-8", "surrogateescape") not in content
            for value in row.values()
            if value
        )
    with pytest.raises(StudyError):
        list(read_crosswalk(out, bytes(32), "key"))


def test_a_crosswalk_lies_neither_in_the_repository_nor_in_data_nor_in_the_archive(
    tmp_path: Path,
) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (tmp_path / "link").symlink_to(REPOSITORY / "data")
    for place in (REPOSITORY, REPOSITORY / "data", raw, tmp_path / "link", raw / ".." / "raw"):
        with pytest.raises(StudyError, match="must not lie"):
            check_place(place / "crosswalk", raw)
    check_place(tmp_path / "crosswalk", raw)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["crosswalk", *arguments])
    main()


def test_the_command_writes_and_prints_only_to_a_terminal(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "project"
    (project / "data").mkdir(parents=True)
    (project / "data" / "raw").symlink_to(raw)
    (project / "params.yaml").symlink_to(REPOSITORY / "params.yaml")
    monkeypatch.chdir(project)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    passphrase.chmod(0o600)
    out, secret = str(tmp_path / "crosswalk"), ("--passphrase-file", str(passphrase))
    run(monkeypatch, "--out", out, *secret)
    assert capsys.readouterr().out == "10 files written\n"
    with pytest.raises(SystemExit, match="to a terminal"):
        run(monkeypatch, "--read", out, *secret)
    assert not capsys.readouterr().out
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    run(monkeypatch, "--read", out, *secret)
    assert "MRN0012340" in terminal.getvalue()
    with pytest.raises(SystemExit, match="there is such a file"):
        run(monkeypatch, "--out", out, *secret)


@pytest.mark.parametrize(
    ("name", "words"), [("inside", "must not lie"), ("short", "shorter"), ("open", "others can")]
)
def test_the_command_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    (tmp_path / "params.yaml").symlink_to(REPOSITORY / "params.yaml")
    monkeypatch.chdir(tmp_path)
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("short" if name == "short" else "correct horse battery staple")
    passphrase.chmod(0o644 if name == "open" else 0o600)
    out = REPOSITORY / "crosswalk" if name == "inside" else tmp_path / "crosswalk"
    with pytest.raises(SystemExit, match=words):
        run(monkeypatch, "--out", str(out), "--passphrase-file", str(passphrase))
    assert not out.exists()
