import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest

from pipeline.closure import ROOT
from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_json
from pipeline.ledger import row_number
from pipeline.lineage import FILES_SHOWN, JOBS_SHOWN, WITHOUT_PARAMS, tell_jobs
from pipeline.provenance import Record


def _record(
    job: str, module: str, *outputs: str, params: Mapping[str, Any] = MappingProxyType({"key": 1})
) -> Record:
    return Record(
        phase=module.split(".")[1],
        job=job,
        module=module,
        params=dict(params),
        code={},
        inputs={},
        outputs={path: f"digest of {path}" for path in outputs},
        artifact=outputs[0],
        metrics={},
    )


def test_params_are_told_one_a_line_by_their_dotted_keys() -> None:
    params = {"study.seed": 3, "shard": {"b": [1, 2], "a": {"x": None}}}
    job = _record("shard", "pipeline.shard.build", "data/shard/index.parquet", params=params)
    lines = list(tell_jobs([job], "none"))
    start = next(place for place, line in enumerate(lines) if line.startswith("  params"))
    assert lines[start].endswith("  values: 3")
    told = [line.strip() for line in lines[start + 1 : start + 4]]
    assert told == ["shard.a.x = null", "shard.b = [1, 2]", "study.seed = 3"]
    assert not lines[start + 4].startswith("    ")


@pytest.mark.parametrize("module", WITHOUT_PARAMS)
def test_a_step_that_reads_no_params_shows_those_of_the_workflow_alone(module: str) -> None:
    code = (ROOT / (module.replace(".", "/") + ".py")).read_text()
    assert not re.search(r"job\.(section|seed)", code)
    assert all(key.startswith("workflow.") for key in re.findall(r'job\.value\("([^"]+)', code))
    params = {"finetune.training": {"rate": 1}, "study.seed": 3, "workflow.tasks": ["a"]}
    told = list(tell_jobs([_record("c", module, "data/c", params=params)], "none"))
    assert '    workflow.tasks = ["a"]' in told
    assert not any("seed" in line or "rate" in line for line in told)


@pytest.mark.parametrize("text", ["abc", "0", "6", "-1", "1.5", " ", "\u00b2"])
def test_what_is_no_row_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(StudyError, match=r"rows 1 to 5; give one of these numbers"):
        row_number(text, 5)


def test_a_row_is_found_by_its_number() -> None:
    assert [row_number(text, 5) for text in ("1", "5")] == [1, 5]


def _builds(count: int) -> list[Record]:
    return [
        _record(f"tasks/t{n}", "pipeline.tasks.build", f"data/tasks/t{n}/train.tar")
        for n in range(count)
    ]


def test_few_jobs_of_a_kind_are_all_told_in_the_order_given() -> None:
    plan = _record("tasks", "pipeline.tasks.plan", "data/tasks/tasks.parquet")
    lines = list(tell_jobs([*_builds(JOBS_SHOWN), plan], "none"))
    told = [line.split()[0] for line in lines if line.endswith(")")]
    assert told == [*(f"tasks/t{n}" for n in range(JOBS_SHOWN)), "tasks"]
    assert not any("more such jobs" in line for line in lines)


def test_many_jobs_of_a_kind_become_that_of_the_scored_task_and_a_digest() -> None:
    builds = _builds(27)
    lines = list(tell_jobs(builds, "t17"))
    assert [line for line in lines if line.endswith(")")] == [
        "tasks/t17  (python -m pipeline.tasks.build)"
    ]
    others = sorted(job.artifact_sha256 for job in builds if job.job != "tasks/t17")
    assert "26 more such jobs" in lines[-1] and lines[-1].endswith(sha256_json(others))
    assert len(lines) < 10
    # Another artifact of any of them is another digest.
    builds[3] = _record("tasks/t3", "pipeline.tasks.build", "data/tasks/t3/other.tar")
    assert list(tell_jobs(builds, "t17"))[-1] != lines[-1]


def test_the_files_of_the_scored_task_come_first() -> None:
    names = [f"data/finetune/a{n}/model" for n in range(FILES_SHOWN + 4)]
    job = _record("finetune", "pipeline.finetune.train", *names, "data/finetune/lung/model")
    wrote = [line for line in tell_jobs([job], "lung") if line.startswith("  wrote")]
    assert wrote[0].endswith("data/finetune/lung/model")
    assert wrote[-1].endswith("digest of 5 more files' digests") and len(wrote) == FILES_SHOWN + 1
