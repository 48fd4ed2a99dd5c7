import io
from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from pipeline.deidentify.audit.harvest import (
    Harvest,
    is_of_a_term,
    ordinary,
    phrases_of_name,
    phrases_of_path,
    phrases_of_text,
)
from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.source_values import DEFERRED, Value
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
    "text",
    [
        "Müller^Anna^Maria", "Anna Maria Müller", "anna muller", "MULLER, ANNA", "MullerAnna",
        "annamuller", "Maria_Muller_Anna", "from Müller", "山田 太郎", "太郎山田",
    ],
)  # fmt: skip
def test_a_name_is_found_in_every_usual_order(text: str) -> None:
    assert Searcher(phrases_of_name("Müller^Anna^Maria^Dr=山田^太郎")).count(text)


@pytest.mark.parametrize(
    "text",
    ["19620503", "1962-05-03", "1962.5.3", "03.05.1962", "3/5/1962", "05/03/1962", "03051962"],
)
def test_a_date_is_found_in_every_usual_spelling(text: str) -> None:
    assert Searcher(phrases_of_text("19620503")).count(f"born {text}.")


def test_a_date_and_time_also_gives_its_date() -> None:
    wanted = Searcher(phrases_of_text("19620503101112.5+0100"))
    assert wanted.count("1962-05-03")
    assert wanted.count("19620503101112.5+0100")


def test_ordinary_words_are_not_sought_but_names_made_of_them_are() -> None:
    assert "thyroid" in ordinary()
    assert not list(phrases_of_text("THYROID image"))
    wanted = Searcher(phrases_of_name("Patient^Image"))
    assert wanted.count("image patient")
    assert not wanted.count("image")
    assert not wanted.count("patient")


def test_uids_of_the_standard_are_not_sought() -> None:
    assert not list(phrases_of_text("1.2.840.10008.1.2.1"))
    assert Searcher(phrases_of_text("1.2.3.4.5678")).count("see 1.2.3.4.5678")


@pytest.mark.parametrize("code", ["T-32000", "G-A19B", "399232001", "121071"])
def test_codes_of_the_standard_are_not_sought_where_codes_stand(code: str) -> None:
    assert not list(phrases_of_text(code, "code"))
    assert Searcher(phrases_of_text(code)).count(code)
    assert Searcher(phrases_of_text("MRN-32000", "code")).count("MRN-32000")


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


def test_paths_give_names_away_too() -> None:
    wanted = Searcher(phrases_of_path("Müller_Anna/MRN0012345/image.dcm".encode()))
    assert wanted.count("müller anna")
    assert wanted.count("Müller")
    assert not wanted.count("image")


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


@pytest.mark.parametrize("text", ["NOCHROME2 (", "IDENTITY\xe0", "(YBR_FULL_42"])
def test_a_piece_of_a_term_among_bytes_is_not_sought(text: str) -> None:
    assert is_of_a_term(text)
    harvest = Harvest()
    harvest.add_value(Value(Tag(0x0018, 0x6011), "bytes", text, False))
    assert len(harvest.texts) == len(harvest.bytes) == 0


@pytest.mark.parametrize("text", ["OMEGA", "Rumpelstilz", "IDENTITY Rumpel", "MONO", "\xe0\xe1"])
def test_another_text_is_none(text: str) -> None:
    assert not is_of_a_term(text)


def test_a_uid_of_the_standard_with_a_damaged_point_is_not_sought() -> None:
    assert not list(phrases_of_text("1.2.840,10008.1.2.5", "UI"))
    assert list(phrases_of_text("1.2.840,10008.1.2.5.4711", "UI"))
