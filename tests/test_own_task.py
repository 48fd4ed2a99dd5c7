"""A task of one's own: a row of a catalogue and a CSV of images, and no file of the project."""

from pathlib import Path

import pandas as pd
import pytest

from pipeline.io.shards import read_shard
from pipeline.tasks.catalogue import load_catalogue, study_catalogue
from pipeline.tasks.set_aside import COPY
from pipeline.tasks.strategies import units_of
from tests.challenge_layout import small_study
from tests.toy_study import TOY_PARAMS, Study, merge

pytestmark = pytest.mark.study
ROWS = (
    "task_id,task_type,num_classes,organ,clinical_group,labels,mirror_safe\n"
    "muscle,segmentation,3,calf,limbs,background;muscle;fascia,yes\n"
)
MUSCLE = "data/finetune/scratch/clinical-groups/limbs/fraction1.0/seed0/predictions.parquet"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with own.csv and the labelled folders challenge/ and mine/."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "own.csv").write_text(ROWS)
    tasks = study_catalogue(str(folder / "own.csv"), ("lung_2cls", "muscle"))
    small_study(folder / "challenge", [tasks["lung_2cls"]]).write()
    small_study(folder / "mine", [tasks["muscle"]]).write()
    return folder


@pytest.fixture(scope="module")
def study(own: Path, tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(tmp_path_factory.mktemp("study") / "insonate", toy=False)
    tasks = {
        "source": "fm_uia",
        "path": [str(own / "challenge"), str(own / "mine")],
        "catalogue": str(own / "own.csv"),
        "include": ["lung_2cls", "muscle"],
    }
    study.edit_params(merge(TOY_PARAMS | {"tasks": {}}, {"tasks": tasks}))
    study.edit_params({"finetune": {"encoders": ["scratch"]}})
    return study


def test_the_28th_task_is_in_a_unit_of_every_strategy(own: Path) -> None:
    tasks = study_catalogue(str(own / "own.csv"), ())
    assert len(tasks) == len(load_catalogue()) + 1 == 28
    assert units_of("task-specific", tasks)["muscle"] == ("muscle",)
    assert units_of("clinical-groups", tasks)["limbs"] == ("muscle",)
    assert units_of("all-tasks", tasks)["all"][-1] == "muscle"


def test_the_workflow_lists_the_jobs_of_the_tasks_that_the_study_runs(study: Study) -> None:
    jobs = {job for job in study.planned_jobs() if job.startswith("finetune/scratch")}
    assert jobs == {
        f"finetune/scratch/{unit}/fraction1.0-seed0"
        for unit in (
            "task-specific/muscle",
            "task-specific/lung_2cls",
            "clinical-groups/limbs",
            "clinical-groups/lung",
            "all-tasks/all",
        )
    }


def test_a_model_of_the_task_is_trained_and_answers(study: Study, own: Path) -> None:
    study.snakemake(MUSCLE)
    answered = set(pd.read_parquet(study.folder / MUSCLE)["sample"])
    (tar,) = (study.folder / "data/tasks/muscle").glob("test-*.tar")
    assert answered == {key for key, _ in read_shard(tar)}
    counts = study.json("data/tasks/counts.json")
    assert counts["tasks"]["muscle"]["used"] == 15
    assert [file["archive"] for file in counts["files"]] == [1, 2]
    assert list(load_catalogue(study.folder / "data/tasks/catalogue.csv")) == [
        "lung_2cls", "muscle",
    ]  # fmt: skip
    # The copy that stays when planning fails is where `make set-aside` looks for it.
    assert (study.folder / COPY).read_text().startswith("archive,csv,row,task,reason")
    for record in study.folder.glob("data/**/provenance.json"):
        assert str(own) not in record.read_text()


def test_another_row_of_the_catalogue_makes_the_tasks_stale(study: Study, own: Path) -> None:
    (own / "own.csv").write_text(ROWS.replace("fascia", "bone"))
    assert {"tasks_plan", "tasks_build", "finetune_train"} <= study.planned(MUSCLE)
    (own / "own.csv").write_text(ROWS.replace("segmentation,3", "segmentation,4"))
    told = study.snakemake("--dry-run", MUSCLE, fails=True)
    assert "tasks.catalogue: own.csv, line 2, labels" in told
    (own / "own.csv").write_text(ROWS)


def test_tasks_that_no_folder_lists_stop_the_study_before_any_job(study: Study) -> None:
    study.edit_params({"tasks": {"include": ["lung_2cls", "FUGC", "muscle", "cervix"]}})
    told = study.snakemake("--dry-run", fails=True)
    assert "no image of 2 of the study's 4 tasks (FUGC, cervix)" in told
    assert "include: [lung_2cls, muscle]" in told
    # The jobs themselves, which all read the workflow anew, do not read every table again.
    study.snakemake("--dry-run", "--mode", "subprocess", MUSCLE)
