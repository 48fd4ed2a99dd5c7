from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.audit.raw_search import BLOCK, RawSearcher
from pipeline.deidentify.audit.search import words

NOISE = np.random.default_rng(7).integers(0, 256, 1 << 16, np.uint8).tobytes()


def searcher(*texts: str, plain_dates: bool = True) -> RawSearcher:
    found = RawSearcher(plain_dates)
    for text in texts:
        found.add_phrase(words(text))
        found.add_text(text)
    return found


@pytest.mark.parametrize("encoding", ["ascii", "utf-16-le", "utf-16-be", "utf-32-le"])
@pytest.mark.parametrize(
    "text", ["MUELLERA^ANNA", "muellera, anna", "Muellera_Anna", "MuelleraAnna", "xmuelleraannaT"]
)
def test_a_name_is_found_in_every_encoding_and_spelling(encoding: str, text: str) -> None:
    wanted = searcher("Muellera^Anna")
    assert wanted.count(NOISE + text.encode(encoding) + NOISE) == 1
    assert wanted.count(NOISE) == 0


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Müllerä^Änne", "latin-1"), ("Müllerä^Änne", "utf-8"), ("Müllerä^Änne", "utf-16-be"),
        ("Иванова^Мария", "iso8859-5"), ("Иванова^Мария", "utf-8"),
        ("Иванова^Мария", "utf-16-le"), ("山田花子^太郎", "iso2022-jp"),
        ("山田花子^太郎", "shift-jis"), ("김희중김희중", "euc-kr"), ("김희중김희중", "iso2022-kr"),
        ("王小东王小东", "gb18030"), ("山田花子^太郎", "utf-16-le"),
    ],
)  # fmt: skip
def test_other_signs_are_found_in_every_character_set(text: str, encoding: str) -> None:
    assert searcher(text).count(NOISE + b" " + text.encode(encoding) + b" " + NOISE) >= 1


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b"born 19620503.", 1), (b"1962-05-03", 1), ("19620503".encode("utf-16-le"), 1),
        (b"119620503", 0), (b"0.19620503", 0), (b"19620503.5", 0), (b"1.9620503", 0),
        (b"ab19620503" + b"cd" * 20, 0), (b"19,62,05,03", 0),
    ],
)  # fmt: skip
def test_a_date_counts_alone_and_not_within_a_longer_number(content: bytes, count: int) -> None:
    assert searcher("19620503").count(b"x " + content + b" x") == count


def test_dates_that_may_be_shifted_are_not_sought() -> None:
    for written in ("19620503", "19620503101112", "19620503101112.000000"):
        assert searcher(written, plain_dates=False).count(written.encode()) == 0
    assert searcher("03051962", plain_dates=False).count(b"03051962") == 1


def test_what_chance_makes_is_not_sought() -> None:
    assert len(searcher("anna", "muellera", "1234567")) == 0
    assert len(searcher("muelleranna", "12345678")) == 2


def test_letters_far_apart_are_no_name() -> None:
    assert searcher("muellera anna").count(b"muellera" + b"\1" * 20 + b"anna") == 0


@given(place=st.integers(0, 60), length=st.sampled_from([8, 9, 31, 200]))
def test_a_pattern_is_found_wherever_it_stands(place: int, length: int) -> None:
    number = "7" + "1234567890" * 20
    wanted = searcher(number[:length])
    assert wanted.count(b" " * place + number[:length].encode() + b" ") == 1


def test_a_value_across_two_blocks_is_found(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\0" * (BLOCK - 5) + b"MUELLERA^ANNA" + b"\0" * 100)
    assert len(searcher("Muellera^Anna").find_in_file(path)) == 1


def test_millions_of_patterns_share_their_first_bytes() -> None:
    wanted = RawSearcher()
    for number in range(20_000):
        wanted.add_phrase(("1", "2", "840", "113619", f"{number:08d}"))
    assert len(wanted) == 20_000
    assert wanted.count(b"uid 1.2.840.113619.00019999 and 1.2.840.113619.00020000") == 1
