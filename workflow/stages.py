"""DVC's side of the workflow: `dvc.yaml` made from the rules, and what DVC remembers.

    python -m workflow.stages render      write dvc.yaml from the rules of the Snakefile
    python -m workflow.stages remember    record the bytes of a finished run in dvc.lock

One stage per phase. A stage's command is that phase's target in Snakemake, so there are two
doors and one room: only Snakemake decides which jobs run.
"""

import csv
import io
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import StudyError
from pipeline.io.atomic import write_text
from pipeline.params import load_params
from pipeline.reads import LISTS, READS

PROFILE = "workflow/profiles/default"
HEADER = "# Made from the rules by `make generated`; a test fails when it differs from them.\n"
FOLDERS = {"data/simulate": ("data/raw", "data/raw_tasks")}


def detailed_summary(folder: Path) -> list[dict[str, str]]:
    """Return Snakemake's own table of every output file: its rule and its input files."""
    command = ["snakemake", "--profile", PROFILE, "--detailed-summary", "--nolock", "all"]
    asked = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=None
    )
    if asked.returncode != 0:
        raise StudyError(f"the workflow does not load:\n{asked.stdout}{asked.stderr}")
    table = asked.stdout[asked.stdout.index("output_file\t") :]
    return list(csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE))


def _phase_folder(path: str) -> str:
    return "/".join(Path(path).parts[:2])


def stages(summary: list[dict[str, str]], simulated: bool) -> dict[str, Any]:
    """Return the `stages` of dvc.yaml: a phase's code, params, earlier phases, and its folder."""
    code, folders, phases = defaultdict(set), defaultdict(set), []
    for row in summary:
        phase = row["rule"].split("_")[0]
        phases.append(phase)
        for path in filter(None, row["input-file(s)"].split(",")):
            if path.startswith("pipeline/"):
                code[phase].add(path)
            elif _phase_folder(path) != f"data/{phase}":
                folders[phase].add(_phase_folder(path))
    made = {}
    for phase in [name for name in READS if name in phases]:
        raw = simulated and {"ingest": ["data/raw"], "tasks": ["data/raw_tasks"]}.get(phase, [])
        own_raw = FOLDERS.get(f"data/{phase}", ()) if simulated else ()
        made[phase] = {
            "cmd": f"snakemake --profile {PROFILE} {phase}",
            "deps": sorted(code[phase]) + sorted(folders[phase]) + list(raw or []),
            "params": sorted({*READS[phase], *LISTS.get(phase, ())}),
            "outs": [
                {f"data/{phase}": {"persist": True}},
                *({folder: {"cache": False, "persist": True}} for folder in own_raw),
            ],
        }
    return made


def render(folder: Path) -> str:
    """Return the text of dvc.yaml for the study of `folder`."""
    params = load_params(folder / "params.yaml")
    simulated = params.cohort.source == "simulate" and params.tasks.source == "simulate"
    document = {
        "stages": stages(detailed_summary(folder), simulated),
        "metrics": ["data/evaluate/metrics.json"],
    }
    return HEADER + yaml.safe_dump(document, sort_keys=False, width=100)


def remember() -> None:
    """Have DVC record the bytes that Snakemake left: afterwards `dvc status` is clean."""
    subprocess.run(["dvc", "commit", "--force", "--quiet"], check=True)


def main() -> None:
    """Render dvc.yaml, or remember a finished run."""
    if sys.argv[1:] == ["render"]:
        write_text(Path("dvc.yaml"), render(Path()))
    elif sys.argv[1:] == ["remember"]:
        remember()
    else:
        raise SystemExit("usage: python -m workflow.stages render|remember")


if __name__ == "__main__":
    main()
