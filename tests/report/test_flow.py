import pandas as pd

from pipeline.report.flow import Count, leakage_sentence, quarantine_counts
from tests.report.study import LEAKAGE, QUARANTINED


def test_reasons_are_counted_without_what_is_of_one_file_only() -> None:
    found = quarantine_counts(pd.DataFrame(QUARANTINED))
    assert found == [
        Count("missing attribute", 2, "an attribute is missing"),
        Count("truncated", 1, "the file ends early"),
    ]


def test_nothing_set_aside_is_no_count() -> None:
    assert quarantine_counts(pd.DataFrame(columns=["reason", "detail"], dtype=str)) == []


def test_a_leak_would_be_told() -> None:
    assert "0 groups lie on both sides" in leakage_sentence(LEAKAGE)
    assert "3 groups lie on both sides" in leakage_sentence({**LEAKAGE, "groups_across_splits": 3})
