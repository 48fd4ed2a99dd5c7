"""The acceptance of the adapter: 27 tasks, 2 % planted defects, all found and none else."""

import csv
from typing import get_args

import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.defects import MEANINGS, Reason
from tests.tasks.planted import Finding, Planter
from tests.tasks.published_layout import PublishedArchive
from tests.tasks.settings import Planned, changed

IMAGES = 88
MUSCLE = (
    "task_id,task_type,num_classes,organ,clinical_group,labels,mirror_safe\n"
    "muscle,segmentation,2,calf,limbs,background;muscle,yes\n"
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planned, set[Finding], int]:
    folder = tmp_path_factory.mktemp("archive")
    archive = PublishedArchive(folder / "raw", IMAGES)
    planter = Planter(archive, seed=4)
    planter.plant_all()
    with (folder / "refused.csv").open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows([("task_id", "image_path"), *planter.refused])
    (folder / "own.csv").write_text(MUSCLE)
    params = changed(
        catalogue=str(folder / "own.csv"),
        include=list(load_catalogue()),
        exclude_file=str(folder / "refused.csv"),
        missing_landmarks="quarantine",
        fetal_planes_official="drop",
        workers=2,
        batch_rows=200,
    )
    rows = sum(map(len, archive.rows.values()))
    return Planned(folder / "out", params, archive.write()), planter.planted, rows


def test_every_planted_defect_is_found_and_named_and_none_else(
    archive: tuple[Planned, set[Finding], int],
) -> None:
    plan, planted, _ = archive
    assert len(plan.found) == len(set(plan.found))
    assert set(plan.found) == planted


def test_every_reason_is_planted_in_two_percent_of_the_rows(
    archive: tuple[Planned, set[Finding], int],
) -> None:
    _, planted, rows = archive
    # A picture of two tasks is no defect; tests/tasks/test_left_out.py has the switch for it.
    assert {reason for _, _, reason in planted} == set(MEANINGS) - {"shared_image"}
    assert set(MEANINGS) == set(get_args(Reason))
    assert 0.015 < len(planted) / rows < 0.025


def test_all_rows_are_accounted_for(archive: tuple[Planned, set[Finding], int]) -> None:
    plan, planted, rows = archive
    assert plan.counts["rows"] == rows == len(plan.tasks) + len(plan.quarantine)
    assert plan.counts["quarantined"] == len(planted)
    assert sum(plan.counts["reasons"].values()) == len(planted)
    assert len(plan.counts["tasks"]) == 27
    assert plan.leakage["groups_across_splits"] == 0


def test_no_table_tells_a_path(archive: tuple[Planned, set[Finding], int]) -> None:
    plan, _, _ = archive
    told = plan.quarantine[["reason", "detail"]].to_csv() + plan.tasks.to_csv()
    for name in ("Patient0", "Planted", "elsewhere", "scaled-dicom", "../"):
        assert name not in told
