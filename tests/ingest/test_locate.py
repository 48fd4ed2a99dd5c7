import zipfile
from pathlib import Path

from pipeline.ingest.locate import locate
from pipeline.io.keys import DEMO_KEY, pseudonym
from pipeline.io.sources import walk_sources
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
