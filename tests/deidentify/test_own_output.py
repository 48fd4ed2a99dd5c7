"""What the cleaner wrote, taken as an archive: the same key changes nothing, another all."""

import io
import json
from pathlib import Path

import pytest
from pydicom import dcmread

from pipeline.deidentify.tables import METHOD
from pipeline.errors import StudyError
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import KINDS, encoded, planted_object
from tests.deidentify.settings import PARAMS
from tests.dicom_files import write_archive

METHODS = 0x00120063
OTHER_KEY = bytes(range(1, 33))


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A first run on simulated objects and on each kind of real one, with planted words."""
    folder = tmp_path_factory.mktemp("first")
    write_archive(folder / "raw")
    for number, kind in enumerate(KINDS):
        content = encoded(planted_object(kind, Person(number, 0), number))
        chain.save(folder / "raw", f"{number}.dcm", content)
    return chain.run(folder / "raw", folder / "out")


@pytest.fixture(scope="module")
def archive(first: Study) -> Path:
    for name, content in chain.files(first).items():
        chain.save(first.out.parent / "again", name, content)
    return first.out.parent / "again"


def test_the_same_input_gives_the_same_bytes(first: Study, tmp_path: Path) -> None:
    second = chain.run(first.raw, tmp_path)
    written = {path.name: path.read_bytes() for path in first.out.glob("*.*")}
    assert written == {path.name: path.read_bytes() for path in second.out.glob("*.*")}


def test_the_same_key_changes_nothing_but_the_list_of_methods(
    first: Study, archive: Path, tmp_path: Path
) -> None:
    second = chain.run(archive, tmp_path)
    counts = json.loads((tmp_path / "counts.json").read_text())
    before, after = chain.files(first), chain.files(second)
    assert counts["discovered"] == counts["accepted"] == len(before) == len(after)
    assert before.keys() == after.keys()
    for name, content in before.items():
        old, new = dcmread(io.BytesIO(content)), dcmread(io.BytesIO(after[name]))
        assert old.file_meta == new.file_meta
        assert old[METHODS].value == METHOD
        assert new[METHODS].value == [METHOD, METHOD]
        del old[METHODS], new[METHODS]
        assert old == new
    pixels = sorted(chain.frames(first).pixels_sha256)
    assert sorted(chain.frames(second).pixels_sha256) == pixels
    assert not chain.frames(second).blanked_share.any()


def test_the_audit_believes_no_seal(archive: Path, tmp_path: Path) -> None:
    """The identifiers of that archive did leave: only the cleaner knows them for its own."""
    with pytest.raises(StudyError, match="audit found") as caught:
        chain.run(archive, tmp_path).audit()
    text = str(caught.value)
    found = json.loads(text[text.index("{") : text.index("}") + 1])
    assert "object_without_source" in found


def test_another_key_replaces_everything_and_passes_the_audit(
    first: Study, archive: Path, tmp_path: Path
) -> None:
    second = chain.run(archive, tmp_path, key=OTHER_KEY)
    assert chain.files(first).keys().isdisjoint(chain.files(second))
    assert second.audit()["findings"] == 0


def test_edited_pixels_are_cleaned_as_any_other(first: Study, tmp_path: Path) -> None:
    name, content = min(chain.files(first).items())
    edited = dcmread(io.BytesIO(content))
    pixels = bytearray(edited.PixelData)
    pixels[:300] = bytes([255]) * 300
    edited.PixelData = bytes(pixels)
    (tmp_path / "raw").mkdir()
    edited.save_as(tmp_path / "raw" / name)
    second = chain.run(tmp_path / "raw", tmp_path / "out")
    (cleaned,) = chain.files(second).values()
    assert not any(dcmread(io.BytesIO(cleaned)).PixelData[:300])


def test_jpeg_ls_keeps_its_pixels_too(first: Study, tmp_path: Path) -> None:
    params = PARAMS.model_copy(update={"export_encoding": "jpeg_ls"})
    once = chain.run(first.raw, tmp_path / "once", params=params)
    for name, content in chain.files(once).items():
        chain.save(tmp_path / "again", name, content)
    twice = chain.run(tmp_path / "again", tmp_path / "twice", params=params)
    pixels = sorted(chain.frames(once).pixels_sha256)
    assert sorted(chain.frames(twice).pixels_sha256) == pixels
