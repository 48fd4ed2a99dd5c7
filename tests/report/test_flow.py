import pandas as pd

from pipeline.report.flow import Count, quarantine_counts, rows_sentence
from tests.report.study import QUARANTINED, TASK_COUNTS


def test_reasons_are_counted_without_what_is_of_one_file_only() -> None:
    found = quarantine_counts(pd.DataFrame(QUARANTINED))
    assert found == [
        Count("missing attribute", 2, "an attribute is missing"),
        Count("truncated", 1, "the file ends early"),
    ]


def test_nothing_set_aside_is_no_count() -> None:
    assert quarantine_counts(pd.DataFrame(columns=["reason", "detail"], dtype=str)) == []


def test_every_labelled_row_is_accounted_for_in_words() -> None:
    told = rows_sentence(TASK_COUNTS)
    assert "1,640 rows in 30 files for 27 tasks: 1,620 are used and 20 were set aside" in told
    assert "testing only" not in told
    assert "3 of them may serve for testing only" in rows_sentence({**TASK_COUNTS, "held_out": 3})
