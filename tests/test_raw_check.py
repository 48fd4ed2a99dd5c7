import zipfile
from pathlib import Path

import pytest

from pipeline.ingest.scan import scan_archive
from pipeline.io.keys import DEMO_KEY
from pipeline.raw_check import changed_raw_file
from tests.dicom_files import encode, screens, us_object, write_object
from tests.ingest.settings import PARAMS, scan_outputs

STUDY = {"cohort": {"source": "simulate"}, "deidentify": {"key_file": ""}}


@pytest.fixture
def instances(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The table of an archive of one file and of one member of a zip."""
    monkeypatch.chdir(tmp_path)
    write_object(Path("data/raw/a"), us_object())
    with zipfile.ZipFile("data/raw/b", "w") as archive:
        archive.writestr("c", encode(us_object(screens(1), uid="1.2.9")))
    outputs = scan_outputs(Path())
    scan_archive(PARAMS, DEMO_KEY, 1, Path("data/raw"), (), outputs, Path("resume"))
    return outputs.instances


def test_an_archive_as_it_was_read_has_no_fault(instances: Path) -> None:
    assert changed_raw_file(instances, STUDY) is None


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_file_or_zip_that_is_gone_or_other_is_found(instances: Path, name: str) -> None:
    path = Path("data/raw", name)
    content = bytearray(path.read_bytes())
    content[2000] ^= 1
    path.write_bytes(content)
    assert "has other bytes" in str(changed_raw_file(instances, STUDY))
    path.unlink()
    assert "is missing" in str(changed_raw_file(instances, STUDY))
