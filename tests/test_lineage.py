from pipeline.io.hashing import sha256_json
from pipeline.lineage import FILES_SHOWN, JOBS_SHOWN, tell_jobs
from pipeline.provenance import Record


def _record(job: str, module: str, *outputs: str) -> Record:
    return Record(
        phase=module.split(".")[1],
        job=job,
        module=module,
        params={"key": 1},
        code={},
        inputs={},
        outputs={path: f"digest of {path}" for path in outputs},
        artifact=outputs[0],
        metrics={},
    )


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
