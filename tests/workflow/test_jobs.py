from pathlib import Path

import pytest

from pipeline.tracking import prepare
from workflow.jobs import TRACKING, Training, _tracking_is_ready, job_values, step


def test_a_shell_line_names_every_input_and_output() -> None:
    line = step("pipeline.shard.build", "shard", "frames parts", "index")
    assert "pipeline.shard.build --job shard" in line
    assert "--input frames {input.frames} --input parts {input.parts}" in line
    assert "--output index {output.index} --output provenance {output.provenance}" in line
    assert line.endswith("2>&1 | tee {log.text}")


def test_a_job_is_given_its_phase_and_its_own_values() -> None:
    params = {"study": {"seed": 1, "name": "a"}, "shard": {"x": 2}, "probe": {"y": 3}}
    assert job_values(params, "shard", {"workflow.part": 4}) == (
        '{"shard":{"x":2},"study.seed":1,"workflow.part":4}'
    )


def test_each_training_has_its_own_folder() -> None:
    training = Training("scratch", "all-tasks", "all", 0.5, 3)
    assert training.folder == "data/finetune/scratch/all-tasks/all/fraction0.5/seed3"


def test_only_a_database_that_holds_the_study_is_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSONATE_TRACKING", TRACKING)
    monkeypatch.setenv("INSONATE_STUDY", "toy")
    assert not _tracking_is_ready()
    Path("mlflow.db").touch()
    assert not _tracking_is_ready()
    prepare(TRACKING, "toy")
    assert _tracking_is_ready()
    monkeypatch.setenv("INSONATE_STUDY", "other")
    assert not _tracking_is_ready()
