import pytest

from pipeline.errors import StudyError
from pipeline.tasks.challenge import Row
from pipeline.tasks.listed import check_listed

ROWS = [Row("a.csv", number, {"task_id": task}) for number, task in ((1, "knee "), (2, "x"))]


def test_every_absent_task_is_named_with_the_remedy() -> None:
    words = r"2 of the study's 3 tasks \(lung, FUGC\); .* `include: \[knee\]`, or add"
    with pytest.raises(StudyError, match=rf"tasks\.include: .* list no image of {words}"):
        check_listed(ROWS, ["lung", "knee", "FUGC"])


def test_a_study_whose_tasks_are_all_listed_starts() -> None:
    check_listed(ROWS, ["knee"])


def test_a_folder_of_other_tasks_alone_is_told_otherwise() -> None:
    with pytest.raises(StudyError, match="into the column task_id of csv_files"):
        check_listed(ROWS, ["lung"])
