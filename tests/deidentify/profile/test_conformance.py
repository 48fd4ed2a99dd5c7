import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset

from pipeline.deidentify.profile.conformance import (
    ACTIONS,
    action_taken,
    conformance_statement,
    rows,
)
from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import ProfileOptions
from tests.deidentify.profile_options import BASIC

FLAGS = [name for name, field in ProfileOptions.model_fields.items() if field.annotation is bool]
LONGITUDINAL = st.sampled_from(["removed", "full", "modified"])
OPTIONS = st.builds(
    ProfileOptions, longitudinal=LONGITUDINAL, **dict.fromkeys(FLAGS, st.booleans())
)
SAMPLES: dict[str, Any] = {
    "DA": "20200101", "TM": "120000", "DT": "20200101120000", "AS": "050Y", "UI": "1.2.3",
    "SQ": [], "DS": "1", "IS": "1", "US": 1, "SS": 1, "UL": 1, "SL": 1, "FL": 1.0, "FD": 1.0,
    "OB": b"AB", "OW": b"AB", "UN": b"AB", "OF": b"ABCD", "AT": 0x00100010,
}  # fmt: skip


def stated(text: str) -> list[tuple[str, str]]:
    """Return (tag, action) of every attribute that is listed under an action."""
    found = []
    for section in text.split("\n## "):
        head = re.search(r"\((\S+)\): (\d+)$", section.splitlines()[0])
        if head:
            tags = re.findall(r"^\| (\(....,....\)|odd group) \|", section, re.M)
            assert len(tags) == int(head[2])
            found += [(re.sub("[(),]", "", tag), head[1]) for tag in tags]
    return found


@settings(max_examples=25, deadline=None)
@given(options=OPTIONS, pixels=st.booleans())
def test_every_row_is_stated_once_under_the_action_that_is_taken(
    options: ProfileOptions, pixels: bool
) -> None:
    text = conformance_statement(options, pixels)
    assert text == conformance_statement(options, pixels)
    assert Counter(stated(text)) == Counter((row.tag, action_taken(row, options)) for row in rows())


def test_the_basic_profile_is_stated_with_edition_and_source() -> None:
    text = conformance_statement(BASIC, pixels_cleaned=False)
    assert len(rows()) == 657
    assert {row.action for row in rows()} <= set(ACTIONS)
    assert "edition 2026d" in text
    assert len(re.findall(r"SHA-256[^.]* [0-9a-f]{64}", text)) == 2
    assert re.findall(r"^\| (1131\d\d) \|.*\| yes \|$", text, re.M) == ["113100"]
    exceptions = [row.tag for row in rows() if action_taken(row, BASIC) != row.action]
    # Elements of commands, file meta information and directories are no part of an image.
    assert exceptions == ["00001001", "00020003", "00041511"]


@pytest.mark.parametrize(("cleaned", "count"), [(True, 1), (False, 0)])
def test_clean_pixels_are_stated_only_when_they_are(cleaned: bool, count: int) -> None:
    text = conformance_statement(BASIC, cleaned)
    assert len(re.findall(r"^\| 113101 \|.*\| yes \|$", text, re.M)) == count
    assert text.count("(0028,0301)") == count


@settings(max_examples=10, deadline=None)
@given(options=OPTIONS)
def test_what_is_stated_is_what_the_cleaner_does(options: ProfileOptions) -> None:
    source, planted = Dataset(), {}
    for row in rows():
        tag = int(row.tag, 16) if re.fullmatch("[0-9A-F]{8}", row.tag) else 0
        if 0x00080000 <= tag < 0x7FE00000 and dictionary_has_tag(tag):
            vr = dictionary_VR(tag).split(" or ")[0]
            source.add_new(tag, vr, SAMPLES.get(vr, "ABC"))
            planted[tag] = action_taken(row, options)
    cleaned = clean_dataset(source, bytes(32), "0" * 32, options, Counter())
    inserted = {
        0x00082111,
        0x00100010,
        0x00100020,
        0x00120062,
        0x00120063,
        0x00120064,
        0x00280301,
        0x00280303,
    }
    for tag, action in planted.items():
        if action == "X" and tag not in inserted:
            assert tag not in cleaned
        if action in ("Z", "D", "Z/D"):
            assert tag in cleaned
        if action == "U":
            assert cleaned[tag].value not in ("1.2.3", "")
