import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.audit.search import WAITING, DigestMap, DigestSet, Searcher, words

NAME = [words("Müller Anna")]


@pytest.mark.parametrize(
    "text",
    [
        "MÜLLER^ANNA",
        "Muller, Anna",
        "muller_anna",
        "seen:muller-anna.",
        "Mu\u0308ller Anna",
        "MULLER\nANNA",
    ],
)
def test_spelling_and_separators_do_not_matter(text: str) -> None:
    assert Searcher(NAME).count(text) == 1


@pytest.mark.parametrize("text", ["Muller", "Mullers Anna", "Anna Muller", "Muller B Anna", ""])
def test_other_words_are_not_the_phrase(text: str) -> None:
    assert Searcher(NAME).count(text) == 0


def test_digits_within_a_digest_are_not_somebodys() -> None:
    wanted = Searcher([words("19620503")])
    assert wanted.count("ab19620503" + "cd" * 20) == 0
    assert wanted.count("x19620503y") == 1


def test_short_values_are_not_sought() -> None:
    assert len(Searcher([("anna",), ("a", "b"), ("marie",)])) == 1


def test_only_long_whole_numbers_are_somebodys() -> None:
    wanted = Searcher([("19620503",), ("12345",)])
    assert wanted.count_number(19620503) == wanted.count_number(19620503.0) == 1
    assert wanted.count_number(12345) == wanted.count_number(19620503.5) == 0
    assert wanted.count_number(float("nan")) == wanted.count_number(float("inf")) == 0


@given(before=st.text(max_size=8), after=st.text(max_size=8))
def test_a_phrase_is_found_within_any_text(before: str, after: str) -> None:
    assert Searcher(NAME).count(f"{before} Müller Anna {after}") == 1


def test_a_map_holds_the_first_value_of_each_number() -> None:
    held = DigestMap(2)
    assert held.get(3) is None
    for number, value in [(7, b"ab"), (3, b"cd"), (2**64 - 1, b"ef"), (7, b"gh")]:
        held.add(number, value)
    assert [held.get(number) for number in (3, 7, 2**64 - 1)] == [b"cd", b"ab", b"ef"]
    assert held.get(4) is None
    with pytest.raises(ValueError, match="3 bytes"):
        held.add(1, b"abc")


def test_a_set_knows_what_was_added_just_now_and_long_ago() -> None:
    held = DigestSet()
    for number in range(0, 3 * WAITING, 2):
        held.add(number)
    for number in (0, 2, 3 * WAITING - 2):
        assert number in held
    assert 1 not in held
    assert held.hits([0, 1, 2, 3, 3 * WAITING]) == {0, 2}
    assert len(held) == 3 * WAITING // 2
    assert (held.sorted()[1:] > held.sorted()[:-1]).all()
