"""DVC's side of the workflow: `dvc.yaml` made from the rules, and what DVC remembers.

    python -m workflow.stages render      write dvc.yaml from the rules of the Snakefile
    python -m workflow.stages remember    record the bytes of a finished run in dvc.lock
    python -m workflow.stages repro       `dvc repro`, with one warm process for all its stages

One stage per phase. A stage's command is that phase's target in Snakemake, so there are two
doors and one room: only Snakemake decides which jobs run.
"""

import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from pipeline.closure import source_files
from pipeline.errors import StudyError
from pipeline.io.atomic import write_text
from pipeline.params import Params
from pipeline.reads import LISTS, READS
from pipeline.step import LOCAL_KEYS
from workflow.jobs import start_warm_process

PROFILE = "workflow/profiles/default"
RUNNER = "workflow/run.py"
HEADER = "# Made from the rules by `make generated`; a test fails when it differs from them.\n"
# Folders of raw files: the phase that reads one, the module that writes it in a simulated study.
# DVC keeps no copy of them. A real archive is no stage's business, nor is its key: only Snakemake
# looks at them.
RAW = (
    ("ingest", "pipeline.simulate.cohort", "data/raw"),
    ("tasks", "pipeline.simulate.labelled", "data/raw_tasks"),
)


def planned_jobs(folder: Path) -> list[tuple[str, list[str]]]:
    """Return (module, input files) of every job of the study, from a forced dry run's commands."""
    asked = subprocess.run(
        ["snakemake", "--profile", PROFILE, "--dry-run", "--forceall", "--printshellcmds",
         "--nolock", "all"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    printed = asked.stdout + asked.stderr
    if asked.returncode != 0:
        raise StudyError(f"the workflow does not load:\n{printed}")
    commands = [line.split() for line in printed.splitlines() if RUNNER in line]
    return [(words[words.index(RUNNER) + 1], _inputs(words)) for words in commands]


def _inputs(words: list[str]) -> list[str]:
    """Return the paths after each `--input NAME` of a command."""
    paths: list[str] = []
    taking = False
    for before, word in pairwise(words):
        if word.startswith("--"):
            taking = False
        elif before == "--input":
            taking = True
        elif taking:
            paths.append(word)
    return paths


def _phase_folder(path: str) -> str:
    return "/".join(Path(path).parts[:2])


def recorded(key: str) -> list[str]:
    """Return what DVC records of a key of `params.yaml`: no path of somebody's machine.

    A section that holds one is recorded key by key.
    """
    section = Params.model_fields.get(key)
    if section is None:
        return [] if key.rsplit(".", maxsplit=1)[-1] in LOCAL_KEYS else [key]
    names = section.annotation.model_fields if section.annotation else {}
    if set(LOCAL_KEYS).isdisjoint(names):
        return [key]
    return [f"{key}.{name}" for name in names if name not in LOCAL_KEYS]


def stages(jobs: list[tuple[str, list[str]]]) -> dict[str, Any]:
    """Return the `stages` of dvc.yaml: a phase's code, params, earlier phases, and its folder."""
    code: defaultdict[str, set[str]] = defaultdict(set)
    folders: defaultdict[str, set[str]] = defaultdict(set)
    modules = {module for module, _ in jobs}
    for module, inputs in jobs:
        phase = module.split(".")[1]
        code[phase].update(source_files(module))
        folders[phase].update({_phase_folder(path) for path in inputs} - {f"data/{phase}"})
    made = {}
    for phase in [name for name in READS if name in code]:
        reads = [raw for reader, writer, raw in RAW if reader == phase and writer in modules]
        writes = [raw for _, writer, raw in RAW if phase == "simulate" and writer in modules]
        made[phase] = {
            "cmd": f"snakemake --profile {PROFILE} {phase}",
            "deps": sorted(code[phase]) + sorted(folders[phase]) + reads,
            "params": sorted(
                name for key in (*READS[phase], *LISTS.get(phase, ())) for name in recorded(key)
            ),
            "outs": [
                {f"data/{phase}": {"persist": True}},
                *({raw: {"cache": False, "persist": True}} for raw in writes),
            ],
        }
    return made


def render(folder: Path) -> str:
    """Return the text of dvc.yaml for the study of `folder`."""
    document = {
        "stages": stages(planned_jobs(folder)),
        "metrics": ["data/evaluate/metrics.json"],
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, width=100)


def remember() -> None:
    """Have DVC record the bytes that Snakemake left: afterwards `dvc status` is clean.

    A study of other params has other stages (a real one has no simulated folders), so the
    stages are rendered first; for the default study that changes nothing.
    """
    write_text(Path("dvc.yaml"), render(Path()))
    subprocess.run(["dvc", "commit", "--force", "--quiet"], check=True)


def repro() -> None:
    """Run the study through DVC. Its stages are Snakemake calls, which share one warm process."""
    write_text(Path("dvc.yaml"), render(Path()))
    start_warm_process()
    subprocess.run(["dvc", "repro"], check=True)


def main() -> None:
    """Render dvc.yaml, remember a finished run, or run the study through DVC."""
    if sys.argv[1:] == ["render"]:
        write_text(Path("dvc.yaml"), render(Path()))
    elif sys.argv[1:] == ["remember"]:
        remember()
    elif sys.argv[1:] == ["repro"]:
        repro()
    else:
        raise SystemExit("usage: python -m workflow.stages render|remember|repro")


if __name__ == "__main__":
    main()
