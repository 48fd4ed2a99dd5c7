import io
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.source_values import DEFERRED
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import encoded, planted_object
from tests.dicom_files import encode, us_object, write_object


def harvested(path: Path) -> Searcher:
    harvest = Harvest()
    with path.open("rb") as handle:
        assert harvest.add_source(b"a", handle) is not None
    assert not harvest.sources_not_harvested
    return harvest.texts


@pytest.mark.parametrize(
    ("character_set", "name"),
    [
        ("ISO_IR 192", "Müller^Zoë"),
        ("ISO_IR 100", "Müller^Zoë"),
        ("ISO_IR 144", "Иванова^Мария"),
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎"),
    ],
)
def test_names_are_read_in_the_files_own_encoding(
    tmp_path: Path, character_set: str, name: str
) -> None:
    header = us_object(SpecificCharacterSet=character_set, PatientName=name)
    wanted = harvested(write_object(tmp_path / "a.dcm", header))
    for group in name.split("="):
        assert wanted.count(" ".join(group.split("^")[::-1]))


def test_nested_private_and_unknown_elements_count(tmp_path: Path) -> None:
    inner = Dataset()
    inner.PatientComments = "of Rumpelstilz"
    header = us_object(uid="1.2.3.4.5678", OtherPatientIDs=["A77", "B88888"])
    header.RequestAttributesSequence = Sequence([inner])
    block = header.private_block(0x0019, "Maker", create=True)
    block.add_new(1, "LO", "Schneewittchen")
    block.add_new(2, "UN", b"\x00\x01Dornroeschen\x00")
    wanted = harvested(write_object(tmp_path / "a.dcm", header))
    for text in ("of Rumpelstilz", "B88888", "Schneewittchen", "Dornroeschen", "1.2.3.4.5678"):
        assert wanted.count(text)


def test_what_is_no_instance_is_counted_and_searched_for_names(tmp_path: Path) -> None:
    whole = encode(us_object())
    harvest = Harvest()
    for content in (b"", b"seen: Rumpel^Stilz 03.05.1962", whole[:300], b"\0" * 200 + b"X"):
        harvest.add_source(b"a", io.BytesIO(content))
    harvest.add_source(b"b", None)
    assert harvest.sources == harvest.sources_not_harvested == 5
    assert harvest.texts.count("stilz rumpel") == 1 + 2  # whole, and part by part


def test_a_long_value_that_cannot_be_converted_is_harvested_as_bytes(tmp_path: Path) -> None:
    content = b"seen: Rumpel^Stilz" + bytes(DEFERRED)
    header = us_object()
    header.private_block(0x0019, "Maker", create=True).add_new(1, "UN", content)
    written = encode(header)
    place = written.index(content) - 8
    assert written[place : place + 2] == b"UN"
    path = tmp_path / "a.dcm"
    # 64-bit numbers whose bytes are no multiple of eight.
    path.write_bytes(written[:place] + b"UV" + written[place + 2 :])
    assert harvested(path).count("stilz rumpel")


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("Zürich Größe", "latin-1", True),
        ("Zürich Größe", "utf-8", True),
        ("Zürich Größe", "utf-16-le", True),
        ("Жданов^Юрий", "cp1251", True),  # a name, in every character set
        ("Грудь Щитовидная", "utf-8", True),
        ("Грудь Щитовидная", "cp1251", False),  # perhaps a text: in those of bytes only
    ],
)
def test_texts_among_bytes_are_found_in_usual_encodings(
    text: str, encoding: str, found: bool
) -> None:
    harvest = Harvest()
    header = us_object()
    block = header.private_block(0x0019, "Maker", create=True)
    block.add_new(1, "OB", b"\x01\x02" + text.encode() + b"\x00\x03")
    harvest.add_source(b"a", io.BytesIO(encode(header)))
    assert bool(harvest.bytes.count(b"\x00" + text.encode(encoding) + b"\x00")) is found


@pytest.mark.parametrize("kept", [0.4, 0.9])
def test_a_file_that_is_cut_off_names_its_patient_and_no_term_of_the_standard(kept: float) -> None:
    header = planted_object("jpeg2k", Person(3, 1), 0)
    header.PatientName = "Rumpel^Stilz"
    content = encoded(header)
    harvest = Harvest()
    assert harvest.add_source(b"cut.dcm", io.BytesIO(content[: int(kept * len(content))])) is None
    assert harvest.texts.count("stilz rumpel")
    codes = [header.ViewCodeSequence[0].CodeValue] if "ViewCodeSequence" in header else []
    for term in ["MONOCHROME2", "YBR_RCT", "ISO_IR 100", *codes]:
        assert not harvest.texts.count(term)
        assert not harvest.bytes.count(term.encode())


def test_what_is_no_instance_names_no_term_of_the_standard() -> None:
    harvest = Harvest()
    content = b"\1\2\0MONOCHROME2 (\0\1YBR_FULL_422\0\x0939926\0Rumpel^Stilz\0A-12345\0"
    assert harvest.add_source(b"b", io.BytesIO(content)) is None
    assert harvest.texts.count("stilz rumpel")
    assert harvest.texts.count("A-12345")
    for term in ("MONOCHROME2", "YBR_FULL_422"):
        assert not harvest.texts.count(term)
