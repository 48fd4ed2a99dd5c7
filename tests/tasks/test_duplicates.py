from pipeline.tasks.duplicates import Labelled, duplicate_defects


def _reasons(*rows: tuple[str, str, str, str]) -> list[str | None]:
    defects = duplicate_defects([Labelled(*row) for row in rows])
    return [None if defect is None else defect.reason for defect in defects]


def test_of_rows_that_say_the_same_the_first_is_used() -> None:
    row = ("lung", "file", "pixels", "answer")
    assert _reasons(row, row, row) == [None, "duplicate_row", "duplicate_row"]


def test_rows_that_contradict_each_other_are_all_set_aside() -> None:
    assert _reasons(
        ("lung", "file", "pixels", "yes"),
        ("lung", "copy", "pixels", "no"),
        ("lung", "file", "pixels", "yes"),
        ("lung", "other", "other pixels", "no"),
    ) == ["conflicting_labels"] * 3 + [None]


def test_a_copy_under_another_name_with_the_same_answer_is_used() -> None:
    assert _reasons(("lung", "a", "pixels", "yes"), ("lung", "b", "pixels", "yes")) == [None, None]


def test_two_folders_may_use_one_name_for_different_pictures() -> None:
    assert _reasons(("lung", "a", "pixels", "yes"), ("lung", "a", "others", "no")) == [None, None]


def test_tasks_answer_each_for_itself() -> None:
    assert _reasons(("lung", "a", "pixels", "yes"), ("liver", "a", "pixels", "no")) == [None, None]


def test_no_row_has_no_defect() -> None:
    assert duplicate_defects([]) == []
