from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Row
from pipeline.tasks.refused import Refusal, match_refusals, read_refusals
from tests.challenge_layout import ChallengeFolder, small_study
from tests.tasks.settings import PARAMS, Planned, changed

LUNG = load_catalogue()["lung"]
PATHS = (
    "../Images/a (1).png",
    "../Images/B.PNG",
    "../Images/one/x.png",
    "../Images/two/x.png",
    "../Images/one/y.png",
    "../Images/one/Y.png",
)
ROWS = [Row("a.csv", number, {"task_id": "lung", "image_path": path})
        for number, path in enumerate(PATHS, start=1)]  # fmt: skip


def _matched(image: str, task: str = "lung") -> tuple[set[int], tuple[int, ...]]:
    found = match_refusals([Refusal(2, task, image)], ROWS)
    return {number for _, _, number in found.places}, found.unmatched


@pytest.mark.parametrize(
    ("image", "row"),
    [
        ("../Images/a (1).png", 1),
        ("Images/a (1).png", 1),
        ("./Images/a (1).png", 1),
        (r"..\Images\a (1).png", 1),
        ("a (1).png", 1),
        ("A\N{NO-BREAK SPACE}(1).PNG", 1),
        ("../images/b.png", 2),
        ("b.png", 2),
        ("Images/two/x.png", 4),
        ("../Images/one/y.png", 5),
        ("../Images/one/Y.png", 6),
    ],
)
def test_an_image_may_be_named_in_several_ways(image: str, row: int) -> None:
    assert _matched(image) == ({row}, ())


@pytest.mark.parametrize("image", ["x.png", "Images/ONE/y.PNG", "gone.png", "", "/", "../../a"])
def test_what_fits_no_image_or_several_refuses_none_and_is_told(image: str) -> None:
    assert _matched(image) == (set(), (2,))


def test_a_refusal_is_of_one_task() -> None:
    assert _matched("b.png", "lung_2cls") == (set(), (2,))


def test_every_row_of_a_refused_image_is_refused() -> None:
    twice = [*ROWS, Row("b.csv", 1, ROWS[0].fields)]
    places = match_refusals([Refusal(2, "lung", "a (1).png")], twice).places
    assert places == {(1, "a.csv", 1), (1, "b.csv", 1)}


def test_one_name_in_two_folders_is_not_one_image() -> None:
    other = Row("a.csv", 1, {"task_id": "lung", "image_path": "../Images/B.PNG"}, archive=2)
    assert match_refusals([Refusal(2, "lung", "b.png")], [*ROWS, other]).unmatched == (2,)


def test_refused_rows_are_set_aside_and_lines_that_fit_none_are_counted(tmp_path: Path) -> None:
    folder: ChallengeFolder = small_study(tmp_path / "raw", [LUNG])
    path = tmp_path / "refused.csv"
    path.write_text("task_id,image_path,why\n lung , Patient00003_a.png,blurred\nlung,gone.png,\n")
    params = changed(include=["lung"], exclude_file=str(path))
    plan = Planned(tmp_path / "out", params, folder.write())
    assert plan.found == [("lung.csv", 4, "excluded")]
    assert plan.counts["exclude_file"] == {"lines": 2, "unmatched_lines": [3]}
    assert plan.told[-1] == "tasks.exclude_file: no image, or more than one, fits lines 3"


def test_a_file_of_refused_rows_without_its_columns_is_named(tmp_path: Path) -> None:
    path = tmp_path / "refused.csv"
    path.write_text("task,image\nlung,a.png\n")
    with pytest.raises(StudyError, match=r"exclude_file: refused\.csv, .* task_id, image_path are"):
        read_refusals(path)
    with pytest.raises(StudyError, match="exclude_file"):
        PARAMS.model_copy(update={"exclude_file": str(path)}).refusals()
