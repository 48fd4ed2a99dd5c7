from pathlib import Path

from pipeline.ingest.locate import locate
from pipeline.io.keys import DEMO_KEY, pseudonym
from pipeline.io.trees import walk_files
from tests.dicom_files import write_archive


def test_the_owner_finds_the_file_of_an_instance(tmp_path: Path) -> None:
    write_archive(tmp_path)
    for relative, path in walk_files(tmp_path):
        instance = pseudonym(DEMO_KEY, "instance", relative)
        assert list(locate({instance, "0" * 32}, tmp_path, DEMO_KEY)) == [(instance, path)]
        assert not list(locate({instance}, tmp_path, b"another key" * 3))
