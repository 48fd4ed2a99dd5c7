import pytest
from pydicom.tag import Tag

from pipeline.deidentify.audit.harvest import Harvest
from pipeline.deidentify.audit.phrases import (
    is_of_a_term,
    ordinary,
    phrases_of_name,
    phrases_of_path,
    phrases_of_text,
)
from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.source_values import Value


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


def test_paths_give_names_away_too() -> None:
    wanted = Searcher(phrases_of_path("Müller_Anna/MRN0012345/image.dcm".encode()))
    assert wanted.count("müller anna")
    assert wanted.count("Müller")
    assert not wanted.count("image")


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
