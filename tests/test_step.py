import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from pipeline.errors import StudyError
from pipeline.provenance import read_record
from pipeline.step import Job, without_local

MODULE = "pipeline.tasks.plan"


class TasksSection(BaseModel):
    size: int
    path: str = ""


def job(folder: Path) -> Job:
    params = {
        "study.seed": 3,
        "tasks": {"size": 2, "path": "/secret/folder"},
        "deidentify.key_file": "/secret/key",
        "local.raw": "/secret/raw",
    }
    outputs = {"table": (folder / "out",), "provenance": (folder / "provenance.json",)}
    return Job(
        MODULE,
        "tasks",
        "tasks/one",
        params,
        {"rows": (folder / "in",)},
        outputs,
        folder / "benchmark.tsv",
    )


def test_a_record_holds_digests_of_what_was_read_run_and_written(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    with job(tmp_path) as running:
        assert running.section(TasksSection).size == 2
        assert running.value("local.raw") == "/secret/raw"
        running.output("table").write_bytes(b"2")
        running.log_metrics({"rows": 4})
    record = read_record(tmp_path / "provenance.json")
    assert list(record.inputs) == [(tmp_path / "in").as_posix()]
    assert record.artifact == (tmp_path / "out").as_posix()
    assert record.metrics == {"rows": 4.0}
    assert "pipeline/tasks/plan.py" in record.code
    seconds, cpu, memory = (tmp_path / "benchmark.tsv").read_text().splitlines()[1].split("\t")
    assert float(seconds) >= 0 and float(cpu) > 0 and float(memory) > 1


def test_places_on_this_machine_are_not_recorded(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    with job(tmp_path) as running:
        running.output("table").write_bytes(b"2")
    assert "secret" not in (tmp_path / "provenance.json").read_text()
    assert without_local({"a": {"path": 1, "b": 2}, "local.x": 3}) == {"a": {"b": 2}}


def test_the_same_work_gives_the_same_record(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    texts = []
    for _ in range(2):
        with job(tmp_path) as running:
            running.output("table").write_bytes(b"2")
        texts.append((tmp_path / "provenance.json").read_bytes())
    assert texts[0] == texts[1]


def test_an_error_leaves_no_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").write_bytes(b"1")
    with pytest.raises(SystemExit), job(tmp_path):
        raise StudyError("file x: field y is wrong; do z")
    assert "file x: field y is wrong; do z" in capsys.readouterr().err
    assert not (tmp_path / "provenance.json").exists()


def test_an_output_that_was_not_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(b"1")
    with pytest.raises(FileNotFoundError), job(tmp_path):
        pass


def test_the_command_line_gives_names_to_many_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Main:
        __spec__ = type("Spec", (), {"name": MODULE})

    monkeypatch.setitem(__import__("sys").modules, "__main__", Main)  # type: ignore[arg-type]
    parsed = Job.from_command_line(
        [
            "--job",
            "tasks",
            "--params",
            json.dumps({"study.seed": 5}),
            "--input",
            "a",
            "x",
            "y",
            "--input",
            "none",
            "--output",
            "provenance",
            str(tmp_path / "p"),
        ]
    )
    assert parsed.phase == "tasks" and parsed.seed == 5
    assert parsed.inputs("a") == (Path("x"), Path("y")) and parsed.inputs("none") == ()
