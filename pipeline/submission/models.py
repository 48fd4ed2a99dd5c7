"""Which finetuned models answer which tasks, as the user names them.

A name is one of
- the number of a row of results.csv, as in `make audit ROW=n`: the model behind that number, with
  the models of its other units, so that all tasks are answered;
- `encoder/strategy` or `encoder/strategy/unit` of the study, such as `pretrained/all-tasks`, with
  `fraction1.0` and `seed0` added where there are several;
- a model file, or a folder that holds model files.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from pipeline.errors import StudyError
from pipeline.finetune.saved import model_tasks
from pipeline.io.hashing import sha256_file
from pipeline.provenance import Record, read_record

FINETUNE, RESULTS = Path("data/finetune"), Path("data/report/results.csv")
MODEL_FILE = "model.safetensors"
TRAINING = ("encoder", "strategy", "unit", "fraction", "seed")


def _ends(fraction: object, seed: object) -> tuple[str, str]:
    return f"fraction{float(str(fraction))}", f"seed{int(str(seed))}"


def _published() -> set[str] | None:
    """Return the digests of the predictions that results.csv scores; None before there is one."""
    if not RESULTS.is_file():
        return None
    return set(pd.read_csv(RESULTS, usecols=["predictions_sha256"])["predictions_sha256"])


def _trained() -> Iterator[tuple[tuple[str, ...], Record, Path]]:
    """Yield the parts of the name, the record and the file of every finetuned model.

    Models that an earlier study left behind, with other tasks perhaps, are none of this study.
    """
    published = _published()
    for path in sorted(FINETUNE.rglob("provenance.json")):
        record = read_record(path)
        if published is not None and published.isdisjoint(record.outputs.values()):
            continue
        for output in (name for name in record.outputs if name.endswith(MODEL_FILE)):
            said = {name: record.params[f"workflow.{name}"] for name in TRAINING}
            parts = (said["encoder"], said["strategy"], said["unit"])
            yield (*parts, *_ends(said["fraction"], said["seed"])), record, Path(output)


def _checked(record: Record, file: Path) -> Path:
    """Return a model's file; raise StudyError when it is not what its job wrote."""
    if not file.is_file() or sha256_file(file) != record.outputs[file.as_posix()]:
        raise StudyError(f"{file}: not the file that {record.job} wrote; run `make study`")
    return file


def _name_of_row(number: int) -> tuple[str, ...]:
    from pipeline.ledger import rows_of  # seconds of imports that other names need not pay

    rows = rows_of(RESULTS)
    if not 1 <= number <= len(rows):
        raise StudyError(f"MODEL={number}: results.csv has rows 1 to {len(rows)}")
    row = rows[number - 1]
    return (row["encoder"], row["strategy"], *_ends(row["fraction"], row["seed"]))


def _of_study(name: Iterable[str], asked: str) -> list[Path]:
    wanted = set(name)
    trained = list(_trained())
    found = [_checked(record, file) for parts, record, file in trained if wanted <= set(parts)]
    if not wanted or not found:
        known = sorted({"/".join(parts[:2]) for parts, _, _ in trained})
        raise StudyError(
            f"MODEL={asked}: no finetuned model of this study, which has "
            f"{', '.join(known) or 'none yet: run `make study`'}; give one of these, the number of "
            "a row of results.csv that is neither a probe nor the constant control, or a model file"
        )
    return found


def find_models(asked: str) -> list[Path]:
    """Return the model files that a name stands for; raise StudyError when there is none."""
    path = Path(asked)
    if asked.isdecimal():
        return _of_study(_name_of_row(int(asked)), asked)
    if asked and path.is_file():
        return [path]
    if asked and path.is_dir() and any(path.rglob(MODEL_FILE)):
        return sorted(path.rglob(MODEL_FILE))
    return _of_study([part for part in asked.split("/") if part], asked)


def model_of_task(files: Iterable[Path]) -> dict[str, Path]:
    """Return which file answers each task; raise StudyError when several could."""
    found: dict[str, Path] = {}
    for file in files:
        for task in model_tasks(file):
            if task in found:
                raise StudyError(
                    f"MODEL: {found[task]} and {file} both answer {task}; name one, such as "
                    "encoder/strategy/fraction1.0/seed0 or the number of a row of results.csv"
                )
            found[task] = file
    return found
