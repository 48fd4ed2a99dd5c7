"""The whole of `params.yaml`, typed: one section per phase, checked before any job starts."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from pipeline.deidentify.params import DeidentifyParams
from pipeline.errors import StudyError
from pipeline.evaluate.params import EvaluateParams
from pipeline.finetune.params import FinetuneParams
from pipeline.ingest.params import IngestParams
from pipeline.io.atomic import write_text
from pipeline.io.keys import REPOSITORY, load_key
from pipeline.pretrain.params import PretrainParams
from pipeline.probe.params import ProbeParams
from pipeline.report.params import ReportParams
from pipeline.shard.params import ShardParams
from pipeline.simulate.params import SimulateParams
from pipeline.tasks.params import TasksParams
from pipeline.yaml_file import read_yaml


class StudyInfo(BaseModel):
    """What the study is called, and the one seed from which every random number derives."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_-]*$",
        description="Short name: lower-case letters, digits, dash and underscore.",
    )
    seed: int = Field(ge=0, description="The one seed of the study.")


class CohortParams(BaseModel):
    """Where the unlabelled DICOM archive comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: Literal["simulate", "dicom"] = Field(
        description="`simulate` writes data/raw itself; `dicom` reads the folder `path`."
    )
    path: str = Field(description="Your DICOM folder, read when source is `dicom`; else empty.")


class Params(BaseModel):
    """A complete study."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    study: StudyInfo
    cohort: CohortParams
    simulate: SimulateParams
    ingest: IngestParams
    deidentify: DeidentifyParams
    shard: ShardParams
    pretrain: PretrainParams
    tasks: TasksParams
    finetune: FinetuneParams
    probe: ProbeParams
    evaluate: EvaluateParams
    report: ReportParams

    @model_validator(mode="after")
    def _real_data_has_a_path_and_a_key(self) -> Self:
        faults = []
        if self.cohort.source == "dicom":
            if not _is_outside_folder(self.cohort.path):
                faults.append(
                    f"cohort.path: {self.cohort.path!r} is not allowed: with cohort.source = dicom "
                    "this must be an existing folder outside the repository, written in full "
                    "(/..., without ~)"
                )
            if _lies_in(self.deidentify.key_file, self.cohort.path):
                faults.append(
                    "deidentify.key_file: keep the key outside the archive, which others may be "
                    "given"
                )
            try:
                load_key(self.deidentify.key_file, simulated=False)
            except StudyError as fault:
                faults.append(str(fault))
        if self.tasks.source == "fm_uia":
            faults += filter(None, map(_labelled_fault, self.tasks.folders))
            if not self.tasks.folders:
                faults.append("tasks.path: [] is not allowed: name at least one folder")
        if faults:
            raise ValueError("\n".join(faults))
        return self


def _labelled_fault(folder: str) -> str | None:
    """Say what is wrong with a folder of labelled images, or nothing."""
    if _is_outside_folder(folder) and Path(folder, "csv_files").is_dir():
        return None
    hint = ""
    if folder and Path(folder, "train", "csv_files").is_dir():
        hint = "; its folder train/ does"
    return (
        f"tasks.path: {folder!r} is not allowed: with tasks.source = fm_uia this must be the "
        f"folder, outside the repository, written in full, that holds csv_files/{hint}"
    )


def _lies_in(path: str, folder: str) -> bool:
    """Say whether a file lies in a folder, through links or not."""
    file = Path(path).expanduser().resolve()
    return bool(path and folder) and file.is_relative_to(Path(folder).resolve())


def _is_outside_folder(path: str) -> bool:
    """Say whether a path names a folder that neither holds the repository nor lies in it."""
    folder = Path(path)
    return (
        folder.is_absolute()
        and folder.is_dir()
        and not folder.resolve().is_relative_to(REPOSITORY)
        and not REPOSITORY.is_relative_to(folder.resolve())
    )


def _own_words(key: str, fault: ErrorDetails) -> list[str]:
    """Say the faults that our own check of a value or of a section found, one a line."""
    faults = fault["msg"].removeprefix("Value error, ").splitlines()
    if isinstance(fault["input"], dict):  # a section: each line begins with its own key
        return [f"{key}.{text}" if key else text for text in faults]
    return [f"{key}: {fault['input']!r} is not allowed: {text}" for text in faults]


def _explain(error: ValidationError) -> str:
    """Say each fault in one line: key, value, what is allowed."""
    lines = []
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"])
        if fault["type"] == "extra_forbidden":
            lines.append(
                f"{key}: unknown key; see workflow/schemas/params.schema.json for all keys"
            )
        elif fault["type"] == "missing":
            lines.append(f"{key}: missing; workflow/studies/phantom.yaml shows every key")
        elif fault["type"] == "value_error":
            lines += _own_words(key, fault)
        else:
            lines.append(f"{key}: {fault['input']!r} is not allowed: {fault['msg']}")
    return "\n  ".join(lines)


def parse_params(values: Mapping[str, Any]) -> Params:
    """Check a whole study's params; raise StudyError naming key, value and what is allowed."""
    try:
        return Params.model_validate(values)
    except ValidationError as error:
        raise StudyError(f"params are not valid:\n  {_explain(error)}") from None


def load_params(path: Path) -> Params:
    """Read and check a params file."""
    return parse_params(read_yaml(path))


def write_schema(path: Path) -> None:
    """Write the JSON Schema of `params.yaml`, for editors and for the drift test."""
    import json

    write_text(path, json.dumps(Params.model_json_schema(), indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    write_schema(Path(sys.argv[1]))
