import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.conformance import (
    ACTIONS,
    Row,
    action_of_row,
    conformance_statement,
    edition,
    option_rows,
    rows,
)
from pipeline.deidentify.options import ProfileOptions
from pipeline.deidentify.profile import action_of

NONE: dict[str, Any] = {
    name: "removed" if name == "longitudinal" else False for name in ProfileOptions.model_fields
}
OPTIONS = st.builds(
    ProfileOptions,
    **{
        name: st.sampled_from(["removed", "full", "modified"])
        if name == "longitudinal"
        else st.booleans()
        for name in ProfileOptions.model_fields
    },
)
# A table with rows of options, whatever the profile's own one holds.
TABLE = [
    Row("00080018", "SOP Instance UID", "U", {"uids": "K"}),
    Row("00080020", "Study Date", "Z", {"full": "K", "modified": "C"}),
    Row("00081010", "Station Name", "X/Z/D", {"device": "K"}),
    Row("00181000", "Device Serial Number", "X/Z/D", {"device": "K", "descriptors": "C"}),
    Row("60xx3000", "Overlay Data", "X", {"graphics": "C"}),
    Row("odd group", "Private Attributes", "X", {"safe_private": "C"}),
]


def stated(text: str) -> dict[str, str]:
    """Return the action under which each attribute is listed."""
    found: dict[str, str] = {}
    for section in text.split("\n## "):
        head = re.search(r"\((\S+)\): \d+$", section.splitlines()[0])
        for name in re.findall(r"^\| [^|]* \| ([^|]*) \| [^|]* \|$", section, re.M):
            if head and name not in ("Attribute", "---"):
                found[name] = head[1]
    return found


def test_every_row_of_the_live_table_is_stated_once_with_its_action() -> None:
    table = rows()
    assert len(table) == 657
    assert {row.action for row in table} <= set(ACTIONS)
    text = conformance_statement(ProfileOptions(**NONE), table, edition(), pixels_cleaned=False)
    assert "2026d" in text
    assert re.search(r"SHA-256 [0-9a-f]{64}", text)
    listed = re.findall(r"^\| (\([0-9A-Fx]{4},[0-9A-Fx]{4}\)|odd group) \|", text, re.M)
    inserted = text.split("## Inserted")[1].split("## ")[0]
    assert Counter(listed) - Counter(re.findall(r"\([0-9A-F,]{9}\)", inserted)) == Counter(
        f"({row.tag[:4]},{row.tag[4:]})" if row.tag != "odd group" else row.tag for row in table
    ) - Counter(())
    exact = [row for row in table if re.fullmatch("[0-9A-F]{8}", row.tag)]
    assert all(action_of(int(row.tag, 16)) == row.action for row in exact)


@given(options=OPTIONS)
def test_the_chosen_options_override_the_basic_action(options: ProfileOptions) -> None:
    text = conformance_statement(options, TABLE, "source", pixels_cleaned=False)
    assert stated(text) == {
        "SOP Instance UID": "K" if options.retain_uids else "U",
        "Study Date": {"removed": "Z", "full": "K", "modified": "C"}[options.longitudinal],
        "Station Name": "K" if options.retain_device_identity else "X/Z/D",
        "Device Serial Number": "C"
        if options.clean_descriptors
        else "K"
        if options.retain_device_identity
        else "X/Z/D",
        "Overlay Data": "C" if options.clean_graphics else "X",
        "Private Attributes": "C" if options.retain_safe_private else "X",
    }
    applied = re.findall(r"^\| (1131\d\d) \|.*\| yes \|$", text, re.M)
    expected = [option.code for option in option_rows(options).values() if option.chosen]
    assert applied == ["113100", *expected]


@pytest.mark.parametrize(("cleaned", "count"), [(True, 1), (False, 0)])
def test_clean_pixels_are_stated_only_when_they_are(cleaned: bool, count: int) -> None:
    text = conformance_statement(ProfileOptions(**NONE), TABLE, "source", cleaned)
    assert text.count("| 113101 | Clean Pixel Data | E.3.1 | yes |") == count
    assert text.count("(0028,0301)") == count
    assert text == conformance_statement(ProfileOptions(**NONE), TABLE, "source", cleaned)


def test_cleaning_goes_before_keeping() -> None:
    row = Row("00080020", "Study Date", "Z", {"full": "K", "modified": "C"})
    assert action_of_row(row, frozenset({"full", "modified"})) == "C"
    assert action_of_row(row, frozenset()) == "Z"
