"""A toy study in its own folder: a copy of the project with few patients, tasks and steps."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.closure import ROOT

COPIED = ("pipeline", "workflow", "Snakefile", "dvc.yaml", ".dvcignore")
# Two types share a group, so every strategy has units of several sizes.
TOY_TASKS = ("breast_lesion", "breast_2cls", "thyroid_nodule_det", "fetal_femur")
TOY_PARAMS: dict[str, Any] = {
    "study": {"name": "toy"},
    "simulate": {"patients": 6, "studies_min": 1, "studies_max": 2, "task_images": 30},
    "deidentify": {"partitions": 2, "audit": {"instances": 2}},
    "shard": {"train_shards": 2},
    "pretrain": {"steps": 4},
    "finetune": {"training": {"steps_per_task": 3}},
    "evaluate": {"bootstrap_draws": 100},
}
PROFILE = ("--profile", "workflow/profiles/default", "--cores", "2")
# What workflow/run.py serves, with Snakemake imported as well.
SERVE = """
import runpy, sys
import snakemake.cli
sys.argv = ["workflow/run.py", "--serve", *sys.argv[1:]]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
WARM_AT_THE_LATEST = 300  # seconds


@cache
def warm_process() -> str:
    """Start the process that commands fork from, which ends with this one; return its address."""
    address = Path(tempfile.mkdtemp(prefix="insonate-")) / "warm.sock"
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(address)], cwd=ROOT)
    for _ in range(WARM_AT_THE_LATEST * 10):
        if address.exists():
            return str(address)
        assert process.poll() is None
        time.sleep(0.1)
    raise TimeoutError("the warm process has not started")


def merge(values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return params with some keys changed."""
    merged = dict(values)
    for key, value in changes.items():
        merged[key] = merge(values[key], value) if isinstance(value, dict) else value
    return merged


class Study:
    """A project folder in which the workflow can be run, edited and looked at."""

    def __init__(self, folder: Path, toy: bool = True) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy2(source, folder / name)
        self.params = yaml.safe_load((ROOT / "workflow/studies/phantom.yaml").read_text())
        self.edit_params(TOY_PARAMS if toy else {})
        if toy:
            self.keep_tasks(TOY_TASKS)

    def keep_tasks(self, names: Sequence[str]) -> None:
        """Leave only some rows of the task catalogue."""
        path = self.folder / "pipeline" / "tasks" / "catalogue.csv"
        with path.open(newline="", encoding="utf-8") as handle:
            rows = list(csv.DictReader(handle))
        with path.open("w", newline="", encoding="utf-8") as handle:
            writer = csv.DictWriter(handle, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(row for row in rows if row["task_id"] in names)

    def initialise_dvc(self) -> None:
        """Let DVC remember this folder, with the project's own settings."""
        self.run("dvc", "init", "--no-scm", "--quiet")
        shutil.copy2(ROOT / ".dvc" / "config", self.folder / ".dvc" / "config")
        self.run("dvc", "config", "core.no_scm", "true")

    def edit_params(self, changes: dict[str, Any]) -> None:
        """Write params.yaml with some keys changed for good."""
        self.params = merge(self.params, changes)
        (self.folder / "params.yaml").write_text(yaml.safe_dump(self.params))

    def run(
        self, *command: str, fails: bool = False, environment: Mapping[str, str] | None = None
    ) -> str:
        """Run a command in the folder and return what it printed; it must succeed (or fail)."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, "PATH": path, **(environment or {})},
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert (done.returncode != 0) == fails, done.stdout[-6000:]
        return done.stdout

    def module(
        self,
        name: str,
        *arguments: str,
        fails: bool = False,
    ) -> str:
        """Run `python -m name arguments` in a process whose imports are paid for.

        Its code is that of the folder, but for other projects' packages.
        """
        warm = {"INSONATE_WARM": warm_process()}
        runner = "python", "-S", "workflow/run.py"
        return self.run(*runner, name, *arguments, fails=fails, environment=warm)

    def snakemake(self, *arguments: str, fails: bool = False) -> str:
        """Run Snakemake with the default profile on two cores."""
        return self.module("snakemake", *PROFILE, *arguments, fails=fails)

    def planned(self, *arguments: str) -> set[str]:
        """Return the rules that a run would start now; rules that only collect do not count."""
        printed = self.snakemake("--dry-run", *arguments, "--quiet", "rules")
        names = re.findall(r"^([a-z]+_[a-z]+) +\d+$", printed, flags=re.M)
        return set(names)

    def planned_jobs(self, *arguments: str) -> set[str]:
        """Return the log files, one per job, of what a run would start now."""
        printed = self.snakemake("--dry-run", "--printshellcmds", *arguments)
        return set(re.findall(r"logs/(\S+?)\.log", printed))

    def digests(self, *patterns: str) -> dict[str, str]:
        """Return {path: SHA-256} of all files that match, as the provenance of files sees them."""
        from pipeline.io.hashing import sha256_file

        return {
            path.relative_to(self.folder).as_posix(): sha256_file(path)
            for pattern in patterns
            for path in sorted(self.folder.glob(pattern))
            if path.is_file()
        }

    def json(self, path: str) -> Any:
        """Read a JSON artifact."""
        return json.loads((self.folder / path).read_text())
