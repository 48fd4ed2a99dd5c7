"""Damaged files among alike ones: their grey levels stop no study, their patients' names do."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from pipeline.deidentify.audit.doubtful import ByteSearch
from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.tables import FRAMES
from pipeline.errors import StudyError
from pipeline.io.tables import read_table, write_table
from tests.deidentify import chain
from tests.deidentify.conftest import Study
from tests.deidentify.exported import write_tar
from tests.dicom_files import encode, screens, us_object

EXPLICIT, IMPLICIT = ExplicitVRLittleEndian, ImplicitVRLittleEndian
# Of each kind of damage: the attribute, how the file is written, how many bytes before the value
# its length is, and the length that takes in pixels. Nothing else in the archive has the name.
DAMAGED: dict[str, tuple[str, UID, int, bytes]] = {
    "Rumpelstilz^Otto": ("PatientComments", EXPLICIT, 2, b"\xfe\x3f"),
    "Rotkaeppchen^Ida": ("TextValue", EXPLICIT, 4, b"\xfe\x3f\0\0"),
    "Schneewitt^Berta": ("PatientName", IMPLICIT, 4, b"\0\x40\0\0"),
    "Dornroeschen^Eva": ("StudyDescription", IMPLICIT, 4, b"\xff\xff\xff\xff"),
    "Aschenputtel^Ute": ("nested PatientComments", EXPLICIT, 2, b"\xfe\x3f"),
}
OVERLONG = "seen by Froschkoenig^Max on the day on which the king himself came to see us again"
NAMES = [*DAMAGED, "Froschkoenig^Max"]


def damaged(name: str) -> bytes:
    """Return an object with the pixels of a sound one, and a value that takes in some of them."""
    keyword, syntax, before, length = DAMAGED[name]
    header = us_object(screens(1, seed=3), uid="1.2.3.77", PatientName="", PatientID="P77")
    holder = header
    if keyword.startswith("nested "):
        holder = Dataset()
        # Of undefined length: a stated one would end the value.
        header.RequestAttributesSequence = Sequence([holder])
        header["RequestAttributesSequence"].is_undefined_length = True
        holder.is_undefined_length_sequence_item = True
    setattr(holder, keyword.removeprefix("nested "), name)
    content = bytearray(encode(header, syntax))
    start = content.index(name.encode()) - before
    content[start : start + len(length)] = length
    return bytes(content)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doubtful") / "raw"
    for number in range(5):
        sound = us_object(screens(1, seed=number), uid=f"1.2.3.4.{number}")
        chain.save(folder, f"{number}", encode(sound))
    for number, name in enumerate(DAMAGED, 5):
        chain.save(folder, f"{number}", damaged(name))
    long = us_object(screens(1, seed=9), uid="1.2.3.4.9", StudyDescription=OVERLONG)
    chain.save(folder, "9999", encode(long))
    return folder


@pytest.fixture(scope="module")
def harvest(raw: Path) -> Harvest:
    found = Harvest()
    for path in raw.iterdir():
        found.add_source(b"a", io.BytesIO(path.read_bytes()))
    return found


@pytest.fixture
def study(raw: Path, tmp_path: Path) -> Study:
    return chain.run(raw, tmp_path)


def test_grey_levels_of_damaged_files_stop_no_study(study: Study) -> None:
    counts = study.audit()
    report = json.loads((study.out / "audit.json").read_text())
    assert counts["findings"] == 0
    assert counts["grey_levels_like_text"] == report["grey_levels_like_text"] > 0


def test_a_name_behind_a_damaged_length_stops_it(study: Study) -> None:
    path = study.out / "frames.parquet"
    table = read_table(path, FRAMES)
    write_table(pd.DataFrame(table.assign(manufacturer="Stilz, Rotkaeppchen")), FRAMES, path)
    with pytest.raises(StudyError, match="value_in_table frames"):
        study.audit()


def header(content: bytes, name: str) -> bytes:
    dataset = dcmread(io.BytesIO(content))
    dataset.SoftwareVersions = name
    buffer = io.BytesIO()
    dataset.save_as(buffer)
    return buffer.getvalue()


def middle_of_pixels(content: bytes, name: str) -> bytes:
    return content[:-5000] + name.encode() + content[-5000 + len(name) :]


def searched(
    folder: Path, harvest: Harvest, content: bytes, name: str = "1.2.3.dcm"
) -> tuple[int, int]:
    """Return how many patterns in a tar with one object are findings, and how many are not."""
    tar = write_tar(folder / "objects.tar", [(name, content)])
    search = ByteSearch(harvest.bytes, [tar])
    search.run([tar])
    return search.findings[f"value_in_bytes {tar.name}"], len(search.grey_levels)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("leak", [header, lambda content, name: content + name.encode()])
def test_it_is_found_in_a_header_and_after_the_pixels(
    tmp_path: Path, harvest: Harvest, name: str, leak: Callable[[bytes, str], bytes]
) -> None:
    sound = encode(us_object(screens(1, seed=50), PatientName="", PatientID="", StudyDate=""))
    before, _ = searched(tmp_path, harvest, sound)
    found, _ = searched(tmp_path, harvest, leak(sound, name))
    assert found > before


@pytest.mark.parametrize("name", NAMES)
def test_it_is_found_in_the_name_of_an_object(tmp_path: Path, harvest: Harvest, name: str) -> None:
    sound = encode(us_object(screens(1, seed=50)))
    before, _ = searched(tmp_path, harvest, sound)
    found, _ = searched(tmp_path, harvest, sound, f"{name.replace('^', '_')}.dcm")
    assert found > before


@pytest.mark.parametrize("name", NAMES)
def test_among_pixels_it_is_counted(tmp_path: Path, harvest: Harvest, name: str) -> None:
    sound = encode(us_object(screens(1, seed=50)))
    before, counted = searched(tmp_path, harvest, sound)
    found = searched(tmp_path, harvest, middle_of_pixels(sound, name))
    assert found[0] == before
    assert found[1] > counted


def test_a_name_that_a_sound_value_has_too_is_found_among_pixels(tmp_path: Path) -> None:
    harvest = Harvest()
    (name, *_) = DAMAGED
    harvest.add_source(b"a", io.BytesIO(damaged(name)))
    harvest.add_source(b"b", io.BytesIO(encode(us_object(PatientName=name))))
    sound = encode(us_object(screens(1, seed=50), PatientName="", PatientID="", StudyDate=""))
    before, _ = searched(tmp_path, harvest, sound)
    found, _ = searched(tmp_path, harvest, middle_of_pixels(sound, name))
    assert found > before


@pytest.mark.parametrize(
    ("size", "name", "is_sure"),
    [
        (10**7, "Rapunzel^Eva", True),
        (10**15, "Rapunzel^Eva", False),
        (10**15, "Rapunzel^Evangeline^Theodora", True),
    ],
)
def test_what_so_many_pixels_hold_by_chance_is_counted(
    size: int, name: str, is_sure: bool, tmp_path: Path
) -> None:
    harvest = Harvest()
    harvest.add_source(b"a", io.BytesIO(encode(us_object(PatientName=name))))
    harvest.bytes.expect(size)
    sound = encode(us_object(screens(1, seed=50), PatientName="", PatientID="", StudyDate=""))
    before = searched(tmp_path, harvest, sound)
    found, counted = searched(tmp_path, harvest, middle_of_pixels(sound, name))
    assert (found > before[0]) == is_sure
    assert is_sure or counted > before[1]
    found, counted = searched(tmp_path, harvest, header(sound, name))
    assert (found > before[0], counted) == (True, before[1])


def test_a_chance_meeting_of_many_names_and_many_pixels_is_no_finding(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    grey = draw.integers(103, 107, (240, 320), dtype=np.uint8)  # g to j: the worst there is
    letters = draw.integers(103, 107, (3000, 10), dtype=np.uint8)
    harvest = Harvest()
    for row in letters:
        harvest.bytes.add_phrase((row.tobytes().decode(),))
    tar = write_tar(tmp_path / "objects.tar", [("1.2.3.dcm", encode(us_object(grey[None])))])
    counts = []
    for size in (1, 10**12):
        harvest.bytes.expect(size)
        search = ByteSearch(harvest.bytes, [tar])
        search.run([tar])
        counts.append((search.findings.total(), len(search.grey_levels)))
    (findings, _), (none, met) = counts
    assert findings == met > 50
    assert none == 0


def test_an_object_without_readable_pixels_has_none(tmp_path: Path, harvest: Harvest) -> None:
    name = NAMES[0].encode()
    found, counted = searched(tmp_path, harvest, b"no DICOM" + name)
    assert (found > 0, counted) == (True, 0)


@pytest.mark.parametrize("number", ["11111111", "99999999", "12345678", "0000000000000000"])
def test_a_number_is_found_in_a_header_but_is_grey_levels_among_pixels(
    number: str, tmp_path: Path
) -> None:
    harvest = Harvest()
    source = us_object(AccessionNumber=number)
    harvest.add_source(b"a", io.BytesIO(encode(source)))
    sound = encode(us_object(screens(1, seed=50), PatientName="", PatientID="", StudyDate=""))
    before, _ = searched(tmp_path, harvest, sound)
    assert searched(tmp_path, harvest, middle_of_pixels(sound, number)) == (before, 1)
    found, counted = searched(tmp_path, harvest, header(sound, f"VERSION-{number}"))
    assert (found, counted) == (before + 1, 0)
