"""The record that each job leaves beside its outputs: what it read, ran and wrote.

The file holds digests and project-relative paths only: no time, host, user or run id, so two
clones that do the same work write the same bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from pipeline.io.atomic import write_json
from pipeline.io.hashing import sha256_file, sha256_json


class Record(BaseModel):
    """One job's provenance. Digests are SHA-256; paths are relative to the project root."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    phase: str
    job: str
    module: str
    params: dict[str, Any]
    code: dict[str, str]
    inputs: dict[str, str]
    outputs: dict[str, str]
    artifact: str
    metrics: dict[str, float]

    @property
    def params_sha256(self) -> str:
        """Digest of the params that the job read."""
        return sha256_json(self.params)

    @property
    def code_sha256(self) -> str:
        """Digest of the source files that the job ran."""
        return sha256_json(self.code)

    @property
    def artifact_sha256(self) -> str:
        """Digest of the job's main output, by which its MLflow run is found."""
        return self.outputs[self.artifact]


def digests(paths: Sequence[Path]) -> dict[str, str]:
    """Return {project-relative path: SHA-256} of existing files."""
    return {path.as_posix(): sha256_file(path) for path in sorted(paths)}


def write_record(record: Record, path: Path) -> None:
    """Write a record atomically."""
    write_json(path, record.model_dump())


def read_record(path: Path) -> Record:
    """Read a record; pydantic's ValidationError names the field when the file is not one."""
    return Record.model_validate_json(path.read_bytes())
