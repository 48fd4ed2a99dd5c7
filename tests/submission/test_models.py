"""Which model files the user's words stand for, in a study and outside one."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import StudyError
from pipeline.provenance import Record, digests, write_record
from pipeline.submission.models import find_models, model_of_task
from tests.submission.models import NAMES, save_random

COLUMNS = ("encoder", "strategy", "unit", "fraction", "seed", "predictions_sha256")
UNITS = {"task-specific": {name: [name] for name in NAMES}, "all-tasks": {"all": list(NAMES)}}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a study of two encoders, two strategies and two fractions of the shared model."""
    monkeypatch.chdir(tmp_path)
    rows = []
    for encoder in ("pretrained", "scratch"):
        for strategy, units in UNITS.items():
            for unit, tasks in units.items():
                for fraction in (1.0, 0.1) if strategy == "all-tasks" else (1.0,):
                    digest = _train(encoder, strategy, unit, fraction, tasks)
                    said = (encoder, strategy, unit, f"{fraction:.6g}", "0", digest)
                    rows.append(dict(zip(COLUMNS, said, strict=True)))
    rows.append(rows[0] | {"strategy": "probe-knn"})
    results = Path("data/report/results.csv")
    results.parent.mkdir(parents=True)
    with results.open("w", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    yield tmp_path


def _train(encoder: str, strategy: str, unit: str, fraction: float, tasks: list[str]) -> str:
    """Write a model, what it predicted and its record; return the digest of the predictions."""
    folder = Path(f"data/finetune/{encoder}/{strategy}/{unit}/fraction{fraction}/seed0")
    model = save_random(folder / "model.safetensors", tasks, seed=len(encoder))
    predictions = folder / "predictions.parquet"
    predictions.write_text(folder.as_posix())
    said = {"encoder": encoder, "strategy": strategy, "unit": unit}
    record = Record(
        phase="finetune",
        job=f"finetune/{encoder}",
        module="pipeline.finetune.train",
        params={f"workflow.{name}": value for name, value in said.items()}
        | {"workflow.fraction": fraction, "workflow.seed": 0},
        code={},
        inputs={},
        outputs=digests([model, predictions]),
        artifact=model.as_posix(),
        metrics={},
    )
    write_record(record, folder / "provenance.json")
    return record.outputs[predictions.as_posix()]


def _folders(asked: str) -> set[str]:
    return {"/".join(path.parts[2:6]) for path in find_models(asked)}


def test_models_of_an_earlier_study_are_none_of_this_one(study: Path) -> None:
    _train("pretrained", "clinical-groups", "cervix", 1.0, ["FUGC"])
    with pytest.raises(StudyError, match="no finetuned model of this study"):
        find_models("pretrained/clinical-groups")


def test_names_of_the_study(study: Path) -> None:
    assert _folders("pretrained/all-tasks/fraction0.1") == {"pretrained/all-tasks/all/fraction0.1"}
    specific = {f"scratch/task-specific/{name}/fraction1.0" for name in NAMES}
    assert _folders("scratch/task-specific") == specific
    assert set(model_of_task(find_models("scratch/task-specific"))) == set(NAMES)
    assert _folders("scratch/task-specific/FUGC") == {"scratch/task-specific/FUGC/fraction1.0"}


def test_a_row_of_the_results_means_its_model_with_that_models_other_units(study: Path) -> None:
    with Path("data/report/results.csv").open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    for number, row in enumerate(rows[:-1], start=1):
        models = model_of_task(find_models(str(number)))
        assert set(models) == set(NAMES)
        for path in models.values():
            assert path.parts[2:4] == (row["encoder"], row["strategy"])
            assert path.parts[5] == f"fraction{float(row['fraction'])}"


def test_files_and_folders_outside_the_study(study: Path, tmp_path: Path) -> None:
    one = save_random(tmp_path / "mine/a/model.safetensors", ["FUGC"])
    assert find_models(str(one)) == [one]
    assert find_models(str(tmp_path / "mine")) == [one]


@pytest.mark.parametrize("asked", ["", "pretrained/no-such", "no_file.safetensors"])
def test_an_unknown_name_is_refused_with_those_that_there_are(study: Path, asked: str) -> None:
    with pytest.raises(StudyError, match=r"no finetuned model .* has pretrained/all-tasks, "):
        find_models(asked)


def test_what_cannot_be_meant_is_refused(study: Path) -> None:
    with pytest.raises(StudyError, match="rows 1 to"):
        find_models("99")
    with pytest.raises(StudyError, match="no finetuned model"):
        find_models(str(2 * (len(NAMES) + 2) + 1))  # the row of a probe
    with pytest.raises(StudyError, match="both answer"):
        model_of_task(find_models("pretrained/all-tasks"))


def test_a_model_that_is_not_what_its_job_wrote_is_refused(study: Path) -> None:
    (path,) = find_models("scratch/task-specific/FUGC")
    save_random(path, ["FUGC"], seed=99)
    with pytest.raises(StudyError, match="not the file that"):
        find_models("scratch/task-specific/FUGC")
