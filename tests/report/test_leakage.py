from pipeline.report.leakage import leakage_sentence, links_found
from tests.report.study import LEAKAGE


def test_a_leak_would_be_told() -> None:
    assert "0 groups lie on both sides" in leakage_sentence(LEAKAGE)
    assert "3 groups lie on both sides" in leakage_sentence({**LEAKAGE, "groups_across_splits": 3})


def test_what_a_careless_split_leaks_is_told_overall_and_for_the_worst_task() -> None:
    told = leakage_sentence(LEAKAGE)
    assert "31% of the test rows" in told
    assert "90% in lung" in told


def test_links_of_every_kind_are_told_with_those_between_splits() -> None:
    same, near = (
        {"links": 70, "across_tasks": 60, "across_splits": 0, "across_splits_by_image": 41},
        {"links": 9, "across_tasks": 2, "across_splits": 1, "across_splits_by_image": 5},
    )
    links = {"same_picture": same, "near_duplicate": near, "same_patient_or_clip": same}
    rows = links_found({"links": links})
    assert [row.found for row in rows] == [70, 9, 70]
    assert (rows[1].across_tasks, rows[1].across_splits, rows[1].by_image) == (2, 1, 5)
    assert all(row.name and row.note for row in rows)
