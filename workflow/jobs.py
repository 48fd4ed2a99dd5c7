"""What the rule files share: a job's values, its command line, its environment."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.io.hashing import canonical_json
from pipeline.reads import select

TRACKING = "sqlite:///mlflow.db"
FOLDER = "data/finetune/{encoder}/{strategy}/{unit}/fraction{fraction}/seed{seed}"


class Training(NamedTuple):
    """One set of predictions: its encoder, strategy, unit of tasks, share of data and repeat."""

    encoder: str
    strategy: str
    unit: str
    fraction: float
    seed: int

    @property
    def folder(self) -> str:
        """The folder that holds what this training writes."""
        return FOLDER.format(**self._asdict())


def job_values(
    config: Mapping[str, Any], phase: str, own: Mapping[str, Any], module: str = ""
) -> str:
    """Return the params that a phase's jobs read, and what is one job's own, as JSON text.

    Of a step that reads less than its phase, `module` is named.
    """
    return canonical_json(select(config, phase, module) | dict(own))


def step(module: str, job: str, inputs: str, outputs: str) -> str:
    """Return the shell line of a job: every named input and output is passed by its name."""
    named = [f"--input {name} {{input.{name}}}" for name in inputs.split()]
    named += [f"--output {name} {{output.{name}}}" for name in outputs.split()]
    named += ["--output provenance {output.provenance}"]
    return (
        f"python -S workflow/run.py {module} --job {job} --params {{params.values:q}} "
        f"{' '.join(named)} --benchmark {{log.benchmark}} 2>&1 | tee {{log.text}}"
    )


def set_environment(study: str) -> None:
    """Tell jobs the interpreter, the tracking database and the study.

    Through the environment: none of these is an input of a result, so none may make one stale.
    """
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ.setdefault("INSONATE_TRACKING", TRACKING)
    os.environ["INSONATE_STUDY"] = study


def start_services() -> None:
    """Start the process that jobs fork from, and make the MLflow database, before any job.

    Jobs that start together on a fresh MLflow database break it.
    """
    start_warm_process()
    if not _tracking_is_ready():
        subprocess.run([sys.executable, "-m", "pipeline.tracking", "prepare"], check=True)


def start_warm_process() -> None:
    """Start the process that jobs fork from, unless whoever called us has started one."""
    if Path(os.environ.get("INSONATE_WARM", "")).is_socket():
        return
    address = Path(tempfile.mkdtemp(prefix="insonate-")) / "warm.sock"
    os.environ["INSONATE_WARM"] = str(address)
    subprocess.Popen([sys.executable, "workflow/run.py", "--serve", str(address)])


def _tracking_is_ready() -> bool:
    """Say whether our own database already holds this study: asking MLflow costs 3 seconds."""
    database = Path(TRACKING.removeprefix("sqlite:///"))
    if os.environ["INSONATE_TRACKING"] != TRACKING or not database.is_file():
        return False
    query = (
        "select count(*) from tags role join tags name on role.run_uuid = name.run_uuid where "
        "role.key = 'study.role' and name.key = 'study.name' and name.value = ?"
    )
    with closing(sqlite3.connect(database)) as connection:
        try:
            (found,) = connection.execute(query, [os.environ["INSONATE_STUDY"]]).fetchone()
        except sqlite3.DatabaseError:
            return False
    return bool(found)
