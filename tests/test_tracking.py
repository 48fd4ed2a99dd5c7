from pathlib import Path

import pytest
from mlflow import MlflowClient

from pipeline.provenance import Record, write_record
from pipeline.tracking import RunIndex, chain_tags, log_run, rebuild


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return f"sqlite:///{tmp_path}/mlflow.db"


@pytest.fixture
def record(tmp_path: Path) -> Record:
    (tmp_path / "curve.csv").write_text("step,task,loss\n1,lung,0.5\n2,lung,0.25\n")
    return Record(
        phase="pretrain",
        job="pretrain",
        module="pipeline.pretrain.train",
        params={"study.seed": 1, "pretrain": {"steps": 2}},
        code={"pipeline/x.py": "c" * 64},
        inputs={"in": "a" * 64},
        outputs={"out": "b" * 64, "curve.csv": "d" * 64},
        artifact="out",
        metrics={"images": 7.0},
    )


def test_a_run_is_found_by_its_artifact_and_tells_what_was_done(uri: str, record: Record) -> None:
    log_run(uri, "toy", record, 1000.0, 1002.0)
    client = MlflowClient(uri)
    query = f"tags.`study.artifact_sha256` = '{record.artifact_sha256}'"
    experiment = client.get_experiment_by_name("insonate")
    assert experiment is not None
    (run,) = client.search_runs([experiment.experiment_id], query)
    assert run.data.tags.items() >= chain_tags(record).items()
    assert run.data.params["pretrain.steps"] == "2"
    assert run.data.params["input.in"] == "a" * 64
    assert run.data.metrics["images"] == 7.0
    loss = client.get_metric_history(run.info.run_id, "curve/loss/lung")
    assert [(point.step, point.value) for point in loss] == [(1, 0.5), (2, 0.25)]
    assert run.info.end_time - run.info.start_time == 2000
    parent = client.get_run(run.data.tags["mlflow.parentRunId"])
    assert parent.data.tags["study.name"] == "toy"


def test_a_run_counts_only_while_every_digest_of_the_chain_agrees(uri: str, record: Record) -> None:
    assert not RunIndex(uri).has(record)
    log_run(uri, "toy", record, 0, 1)
    assert RunIndex(uri).has(record)
    assert not RunIndex(uri).has(record.model_copy(update={"code": {"pipeline/x.py": "0" * 64}}))
    assert not RunIndex(uri).has(record.model_copy(update={"inputs": {"in": "0" * 64}}))


def test_lost_runs_are_rebuilt_from_the_records(uri: str, record: Record, tmp_path: Path) -> None:
    write_record(record, tmp_path / "data" / "provenance.json")
    assert rebuild(uri, "toy", tmp_path / "data") == 1
    assert RunIndex(uri).has(record)
    assert rebuild(uri, "toy", tmp_path / "data") == 0
