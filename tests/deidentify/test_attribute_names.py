"""Names of the profile's table, against the rows that pydicom does and does not know."""

import re

import pytest
from pydicom.datadict import dictionary_description, dictionary_has_tag, keyword_for_tag

from pipeline.deidentify.attribute_names import PRIVATE, attribute_name
from pipeline.deidentify.profile.conformance import rows

EXACT = [row for row in rows() if re.fullmatch("[0-9A-F]{8}", row.tag)]
UNKNOWN = [row for row in EXACT if not keyword_for_tag(int(row.tag, 16))]


def test_every_row_that_pydicom_does_not_know_has_its_name() -> None:
    assert UNKNOWN
    for row in UNKNOWN:
        assert attribute_name(row.tag) == f"{row.name} ({row.tag[:4]},{row.tag[4:]})"


def test_names_are_those_of_the_dictionary_where_it_has_them() -> None:
    known = [row for row in EXACT if dictionary_has_tag(int(row.tag, 16))]

    def letters(text: str) -> str:
        return re.sub("[^a-z]", "", text.lower())

    same = [letters(dictionary_description(int(row.tag, 16))) == letters(row.name) for row in known]
    assert sum(same) / len(same) > 0.98  # the table's own names differ in a few words


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("PatientName", "PatientName"),
        ("00191001", PRIVATE),
        ("00080007", "(0008,0007)"),
        ("50120010", "Curve Data (5012,0010)"),
        ("60023000", "Overlay Data (6002,3000)"),
    ],
)
def test_a_keyword_stays_and_a_tag_is_written_as_the_standard_does(written: str, told: str) -> None:
    assert attribute_name(written) == told
