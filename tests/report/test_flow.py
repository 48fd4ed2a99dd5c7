import pandas as pd

from pipeline.report.flow import Count, quarantine_counts, rows_sentence
from pipeline.report.words import classes_note
from tests.report.study import QUARANTINED, TASK_COUNTS, TASKS


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
    assert "exclude_file" not in told
    refusals = {"lines": 9, "unmatched_lines": [4, 7]}
    told = rows_sentence({**TASK_COUNTS, "exclude_file": refusals})
    assert "Of the 9 lines of tasks.exclude_file 2 fit no image" in told
    assert "3 of them may serve for testing only" in rows_sentence({**TASK_COUNTS, "held_out": 3})


def test_classes_whose_names_nobody_published_are_told() -> None:
    assert classes_note({"lung": TASKS["lung"]}) == ""
    assert "classes of breast_2cls and lung_2cls mean was not published" in classes_note(TASKS)
    assert {label for name in ("breast_2cls", "lung_2cls") for label in TASKS[name].labels} == {
        "class_0", "class_1",
    }  # fmt: skip
