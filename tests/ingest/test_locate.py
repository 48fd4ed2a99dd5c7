import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pipeline.deidentify.tables import REJECTED
from pipeline.errors import StudyError
from pipeline.ingest import locate as command
from pipeline.ingest.locate import locate, set_aside
from pipeline.ingest.tables import QUARANTINE
from pipeline.io.keys import DEMO_KEY, REPOSITORY, pseudonym
from pipeline.io.sources import walk_sources
from pipeline.io.tables import write_table
from tests.dicom_files import write_archive


def test_the_owner_finds_the_file_of_an_instance(tmp_path: Path) -> None:
    write_archive(tmp_path)
    with zipfile.ZipFile(tmp_path / "export", "w") as archive:
        archive.writestr("Mueller/a.dcm", b"content")
    for source in walk_sources(tmp_path):
        instance = pseudonym(DEMO_KEY, "instance", source.relative)
        assert list(locate({instance, "0" * 32}, tmp_path, DEMO_KEY)) == [(instance, source)]
        assert not list(locate({instance}, tmp_path, b"another key" * 3))
    assert source.shown().startswith(str(tmp_path))
    shown = [one.shown() for one in walk_sources(tmp_path) if one.member]
    assert shown == [f"{tmp_path / 'export'}, member Mueller/a.dcm"]


def test_every_file_that_was_not_taken_is_listed_with_its_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "params.yaml").symlink_to(REPOSITORY / "params.yaml")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data" / "raw").mkdir(parents=True)
    for name in ("a", "b", "c"):
        (tmp_path / "data" / "raw" / name).write_text(name)
    instances = {name: pseudonym(DEMO_KEY, "instance", name) for name in ("a", "b")}
    quarantine, rejected = (tmp_path / path for path in command.SET_ASIDE)
    write_table([{"instance": instances["a"], "reason": "not_dicom"}], QUARANTINE, quarantine)
    with pytest.raises(StudyError, match="run snakemake deidentify first"):
        set_aside(command.SET_ASIDE)
    write_table([{"instance": instances["b"], "reason": "no_sector"}], REJECTED, rejected)
    monkeypatch.setattr(sys, "argv", ["locate", "--set-aside"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert not ended.value.code
    assert capsys.readouterr().out.splitlines() == [
        f"{instances['a']} not_dicom data/raw/a",
        f"{instances['b']} no_sector data/raw/b",
    ]


def test_a_reader_who_has_enough_ends_it_without_a_word(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").symlink_to(REPOSITORY / "params.yaml")
    archive = tmp_path / "data" / "raw"
    archive.mkdir(parents=True)
    (archive / "a").write_text("a")
    reads, writes = os.pipe()
    os.close(reads)
    ended = subprocess.run(
        [sys.executable, "-m", "pipeline.ingest.locate", pseudonym(DEMO_KEY, "instance", "a")],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=writes,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writes)
    assert (ended.returncode, ended.stderr) == (1, b"")
