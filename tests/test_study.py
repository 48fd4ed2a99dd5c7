"""The real workflow, from nothing to the report, in a temporary folder."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from pipeline.io.hashing import sha256_file
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.phi import planted_phi
from tests.toy_study import PROFILE, TOY_TASKS, Study

pytestmark = pytest.mark.study
AFTER = {
    "evaluate": {"evaluate_score", "report_build"},
    "finetune": {"finetune_train", "finetune_constant", "evaluate_score", "report_build"},
    "probe": {"probe_embed", "probe_fit", "evaluate_score", "report_build"},
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(tmp_path_factory.mktemp("first") / "insonate")
    study.initialise_dvc()
    study.run("snakemake", *PROFILE)  # cold, as a user starts it
    return study


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Study:
    study = Study(tmp_path_factory.mktemp("second") / "insonate")
    study.initialise_dvc()
    study.run("python", "-m", "workflow.stages", "repro")
    return study


@pytest.fixture
def restored(study: Study) -> Iterator[Study]:
    """The study, made whole again after a test has damaged it."""
    yield study
    study.snakemake("--quiet", "all")


@pytest.fixture(scope="module")
def own(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """A study of someone's own archive and tasks, as far as their shards."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copytree(study.folder / "data/raw", folder / "archive")
    shutil.copytree(study.folder / "data/raw_tasks", folder / "tasks")
    key = folder / "study.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o600)
    study = Study(folder / "insonate")
    study.edit_params(
        {
            "cohort": {"source": "dicom", "path": str(folder / "archive")},
            "deidentify": {"key_file": str(key)},
            "tasks": {"source": "fm_uia", "path": str(folder / "tasks")},
        }
    )
    study.snakemake("shard", "tasks")
    return study


def test_results_hold_every_task_strategy_and_encoder_with_intervals(study: Study) -> None:
    results = pd.read_csv(study.folder / "data/report/results.csv")
    tuned = results[results.strategy.isin(study.params["finetune"]["strategies"])]
    tuned = tuned[~tuned.encoder.str.startswith("control")]
    found = set(tuned[["task", "strategy", "encoder"]].itertuples(index=False, name=None))
    assert len(found) == len(TOY_TASKS) * 3 * 2
    assert {"control-constant", "control-shuffled-labels"} <= set(results.encoder)
    assert (results.ci_low <= results.value + 1e-9).all()
    assert (results.value <= results.ci_high + 1e-9).all()
    assert results.predictions_sha256.str.fullmatch("[0-9a-f]{64}").all()
    page = (study.folder / "data/report/index.html").read_text()
    assert "simulated" in page.lower()


def test_real_objects_become_frames_and_bad_files_are_counted_with_reasons(study: Study) -> None:
    counts = study.json("data/ingest/counts.json")
    quarantine = pd.read_parquet(study.folder / "data/ingest/quarantine.parquet")
    assert counts["accepted"] + counts["quarantined"] == counts["discovered"]
    assert len(quarantine) == counts["quarantined"]
    assert {
        "not_dicom",
        "truncated",
        "empty_file",
        "not_ultrasound",
        "structured_report",
        "no_pixels",
    } <= set(quarantine.reason)


def test_an_archive_of_ones_own_gives_the_same_frames_under_other_names(
    study: Study, own: Study
) -> None:
    assert own.json("data/ingest/counts.json") == study.json("data/ingest/counts.json")
    ours = pd.read_parquet(own.folder / "data/deidentify/frames.parquet")
    theirs = pd.read_parquet(study.folder / "data/deidentify/frames.parquet")
    assert len(ours) == len(theirs)
    assert not set(ours.frame) & set(theirs.frame)
    assert own.digests("data/tasks/**/*.tar") == study.digests("data/tasks/**/*.tar") != {}
    assert not (own.folder / "data/raw").exists()
    assert not any(rule.startswith("simulate_cohort") for rule in own.planned())
    assert own.planned("shard", "tasks") == set()


def test_a_file_added_to_ones_own_archive_is_seen(own: Study) -> None:
    extra = Path(own.params["cohort"]["path"]) / "note.txt"
    extra.write_text("not an image")
    assert {"ingest_scan", "deidentify_clean", "shard_build"} <= own.planned("shard")
    extra.unlink()


def test_a_second_run_has_nothing_to_do(study: Study) -> None:
    assert "Nothing to be done" in study.snakemake()
    assert study.planned() == set()


def test_both_doors_give_the_same_bytes_and_then_have_nothing_to_do(
    study: Study, second: Study
) -> None:
    everything = "data/[!r]*/**/*", "data/report/*"
    assert study.digests(*everything) == second.digests(*everything)
    assert len(study.digests("data/shard/shards/*.tar")) == 4
    assert second.planned() == set()
    assert "up to date" in second.run("dvc", "status")
    # As `make deid-report` writes it: a page about the data, and none of them.
    page = study.folder / "data/deidentify/evidence.html"
    page.write_text("page")
    study.run("python", "-m", "workflow.stages", "remember")
    assert "up to date" in study.run("dvc", "status")
    assert study.digests("dvc.lock") == second.digests("dvc.lock")
    page.unlink()


def test_a_deleted_artifact_is_rebuilt_with_what_depends_on_it_only(restored: Study) -> None:
    before = restored.digests("data/**/*")
    unit = "data/finetune/scratch/task-specific/breast_2cls/fraction1.0/seed0"
    (restored.folder / unit / "model.safetensors").unlink()
    jobs = restored.planned_jobs()
    training = "finetune/scratch/task-specific/breast_2cls/fraction1.0-seed0"
    assert jobs == {training, "evaluate/score", "report/build"}
    restored.snakemake()
    assert restored.digests("data/**/*") == before
    assert restored.planned() == set()


def test_forcing_one_artifact_reruns_it_and_what_depends_on_it_only(study: Study) -> None:
    forced = study.planned_jobs("--forcerun", "data/probe/features/scratch.safetensors")
    assert forced == {"probe/scratch-embed", "probe/scratch-fit", "evaluate/score", "report/build"}


def test_a_lost_raw_file_is_simulated_again(restored: Study) -> None:
    next((restored.folder / "data/raw").rglob("*.dcm")).unlink()
    assert "simulate_cohort" in restored.planned()


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"evaluate": {"bootstrap_draws": 110}}, AFTER["evaluate"]),
        ({"finetune": {"training": {"steps_per_task": 4}}}, AFTER["finetune"]),
        ({"finetune": {"fractions": [1.0, 0.5]}}, AFTER["finetune"] - {"finetune_constant"}),
    ],
)
def test_an_edited_key_reruns_the_phases_that_read_it_only(
    study: Study, changes: dict[str, dict[str, object]], rules: set[str]
) -> None:
    whole = study.params
    study.edit_params(changes)
    try:
        assert study.planned() == rules
    finally:
        study.params = whole
        study.edit_params({})


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("pipeline/report/build.py", {"report_build"}),
        ("pipeline/evaluate/score.py", AFTER["evaluate"]),
        ("pipeline/probe/fit.py", AFTER["probe"] - {"probe_embed"}),
        ("pipeline/finetune/train.py", AFTER["finetune"] - {"finetune_constant"}),
    ],
)
def test_an_edited_file_reruns_its_phase_and_later_ones_only(
    study: Study, path: str, rules: set[str]
) -> None:
    source = study.folder / path
    text = source.read_text()
    source.write_text(f"{text}\n# edited\n")
    planned = study.planned()
    source.write_text(text)
    assert planned == rules


def test_what_was_edited_and_put_back_reruns_nothing(study: Study) -> None:
    assert study.planned() == set()


def test_wrong_params_stop_before_any_job_naming_key_value_and_choices(study: Study) -> None:
    text = (study.folder / "params.yaml").read_text()
    (study.folder / "params.yaml").write_text(
        text.replace("source: simulate", "source: simulato", 1).replace("method:", "metod:")
    )
    printed = study.snakemake(fails=True)
    (study.folder / "params.yaml").write_text(text)
    assert "cohort.source: 'simulato' is not allowed" in printed and "'dicom'" in printed
    assert "pretrain.metod: unknown key" in printed
    assert "Error" not in printed and printed.count("cohort.source") == 1


def audit(study: Study, *arguments: str, fails: bool = False) -> str:
    return study.module("pipeline.ledger", *arguments, fails=fails)


def test_the_audit_agrees_and_tells_one_numbers_lineage(study: Study) -> None:
    assert study.run("python", "-m", "pipeline.ledger").startswith("audit: ")
    results = pd.read_csv(study.folder / "data/report/results.csv")
    row = results.index[(results.encoder == "pretrained") & (results.strategy == "all-tasks")][0]
    lineage = audit(study, "--row", str(row + 1))
    for name in (
        "pretrain",
        "shard",
        "deidentify",
        "ingest",
        "source instances (DICOM",
        "source images (labelled)",
    ):
        assert name in lineage


@pytest.mark.parametrize(
    "path",
    [
        "data/report/results.csv",
        "data/finetune/pretrained/all-tasks/all/fraction1.0/seed0/predictions.parquet",
        "data/finetune/pretrained/all-tasks/all/fraction1.0/seed0/model.safetensors",
        "data/pretrain/dino-test_vit/seed0/encoder.safetensors",
        "data/shard/shards/train-0000.tar",
        "data/deidentify/frames/part-0000.tar",
        "data/ingest/instances.parquet",
        "data/raw",
        "pipeline/shard/build.py",
    ],
)
def test_one_changed_byte_anywhere_breaks_the_chain(study: Study, path: str) -> None:
    target = study.folder / path
    if target.is_dir():
        target = max(target.rglob("*.dcm"), key=lambda found: found.stat().st_size)
    content = target.read_bytes()
    # Of the table a digit of a number: a digest with another byte would be found by itself.
    place = content.index(b",0.") + 3 if path.endswith(".csv") else len(content) // 2
    target.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    printed = audit(study, fails=True)
    target.write_bytes(content)
    assert "broken link" in printed
    if path != "data/raw":
        assert path in printed


def test_changed_params_and_missing_runs_break_the_chain(study: Study) -> None:
    whole = study.params
    study.edit_params({"shard": {"max_side": 60}})
    assert "params.yaml: shard" in audit(study, fails=True)
    study.params = whole
    study.edit_params({})
    with sqlite3.connect(study.folder / "mlflow.db") as database:
        query = (
            "delete from tags where key = 'study.artifact_sha256' and run_uuid in "
            "(select run_uuid from tags where key = 'study.job' and value = 'pretrain')"
        )
        database.execute(query)
    assert "pretrain has no MLflow run" in audit(study, fails=True)
    makefile, folder = Path(__file__).parents[1] / "Makefile", Path(sys.executable).parent
    # As a user calls it, but with the environment that is there.
    told = study.run(
        "make", "-f", str(makefile), "-o", ".venv/installed", "mlflow", f"BIN={folder}"
    )
    assert "MLflow: 1 missing runs" in told
    assert audit(study)


def test_nothing_planted_is_found_outside_the_raw_folder(study: Study, second: Study) -> None:
    params = SimulateParams.model_validate(study.params["simulate"])
    planted = {text.encode() for text in planted_phi(params, study.params["study"]["seed"])}
    assert len(planted) > 100
    searched: set[str] = set()  # most bytes lie in both studies and in DVC's cache
    for one in (study, second):
        for path in sorted(one.folder.rglob("*")):
            inside = path.relative_to(one.folder).as_posix()
            if path.is_file() and not inside.startswith(("data/raw/", "pipeline/", ".dvc/tmp")):
                digest = sha256_file(path)
                content = b"" if digest in searched else path.read_bytes()
                searched.add(digest)
                content += inside.encode()
                assert not [text for text in planted if text in content], inside


def test_the_toy_study_is_labelled_and_every_job_left_log_and_benchmark(study: Study) -> None:
    records = sorted((study.folder / "data").rglob("*provenance.json"))
    logs = list((study.folder / "logs").rglob("*.log"))
    benchmarks = list((study.folder / "logs").rglob("*.tsv"))
    assert len(records) == len(logs) == len(benchmarks)


def test_the_copy_has_no_hidden_dependence_on_the_first_folder(second: Study) -> None:
    words = str(Path(second.folder)).encode()
    for path in (second.folder / "data").rglob("*"):
        if path.is_file() and "raw" not in path.parts:
            assert words not in path.read_bytes(), path
