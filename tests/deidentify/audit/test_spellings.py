from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.audit.search import Searcher
from pipeline.deidentify.audit.spellings import spellings_of_date, spellings_of_number

FORMS = (
    "%Y%m%d", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d%m%Y", "%m%d%Y", "%d-%b-%Y",
    "%d %B %Y", "%B %d, %Y", "%b %d %Y", "%d.%m.%y", "%Y/%m/%d", "%d%b%Y",
)  # fmt: skip


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_is_found_in_fourteen_spellings(day: date) -> None:
    wanted = Searcher(spellings_of_date(f"{day:%Y%m%d}"))
    for form in FORMS:
        assert wanted.count(f"on {day.strftime(form)}.")


@pytest.mark.parametrize("text", ["", "201907", "20191345", "2019", "1.2.840.10008", "99999999"])
def test_what_is_no_date_has_no_spelling(text: str) -> None:
    assert not list(spellings_of_date(text))


def test_dates_within_texts_count() -> None:
    assert Searcher(spellings_of_date("seen 1962-05-03 again")).count("3.5.1962")


def test_numbers_within_texts_count() -> None:
    wanted = Searcher(spellings_of_number("case A-12345, bed 7"))
    assert wanted.count("a 12345") == wanted.count("A12345") + 1 == 1 or wanted.count("A-12345")
    assert not wanted.count("case")


def test_long_texts_take_one_step_a_sign() -> None:
    # With one step a pair of signs this takes minutes.
    long = "x" * (1 << 17)
    assert not list(spellings_of_number(long))
    assert [*spellings_of_number(f"{long} A-1")] == [("a", "1"), ("a1",)]
