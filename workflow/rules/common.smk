"""What the rule files share: the checked params, the values a job reads, its command line."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from snakemake.exceptions import WorkflowError

# The project's own folder, so that the rules load from any installation of Snakemake.
sys.path.insert(0, workflow.basedir)

from pipeline.errors import StudyError
from pipeline.io.hashing import canonical_json
from pipeline.io.trees import discard_if_stale, listing_digest
from pipeline.params import parse_params
from pipeline.reads import select
from pipeline.closure import source_files
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.strategies import units_of

try:
    PARAMS = parse_params(config)
except StudyError as error:
    raise WorkflowError(str(error))

SIMULATED_COHORT = PARAMS.cohort.source == "simulate"
SIMULATED_TASKS = PARAMS.tasks.source == "simulate"
RAW = "data/raw" if SIMULATED_COHORT else PARAMS.cohort.path
RAW_TASKS = "data/raw_tasks" if SIMULATED_TASKS else PARAMS.tasks.path
# A user's own folder is nobody's output: a change of its listing makes the reader stale.
RAW_LISTING = None if SIMULATED_COHORT else listing_digest(Path(RAW))
RAW_TASKS_LISTING = None if SIMULATED_TASKS else listing_digest(Path(RAW_TASKS))
TASKS = sorted(load_catalogue())

# Jobs find the interpreter, the tracking database and the study through their environment:
# none of these is an input of a result, so none may make one stale.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
os.environ.setdefault("INSONATE_TRACKING", "sqlite:///mlflow.db")
os.environ["INSONATE_STUDY"] = PARAMS.study.name


def values(phase, **extra):
    """The params that a phase's jobs read, and what is this job's own, as one JSON text."""
    return canonical_json(select(config, phase) | extra)


def step(module, job, inputs, outputs):
    """The shell line of a job: every named input and output is passed by its name."""
    named = [f"--input {name} {{input.{name}}}" for name in inputs.split()]
    named += [f"--output {name} {{output.{name}}}" for name in outputs.split()]
    named += ["--output provenance {output.provenance}"]
    return (
        f"python -S workflow/run.py {module} --job {job} --params {{params.values:q}} "
        f"{' '.join(named)} --benchmark {{log.benchmark}} 2>&1 | tee {{log.text}}"
    )


onstart:
    # A process with torch, timm and mlflow imported, from which jobs fork (workflow/run.py).
    socket = Path(tempfile.mkdtemp(prefix="insonate-")) / "warm.sock"
    os.environ["INSONATE_WARM"] = str(socket)
    subprocess.Popen([sys.executable, "workflow/run.py", "--serve", str(socket)])
    # Jobs that start together on a fresh MLflow database break it: make it before them.
    subprocess.run([sys.executable, "-m", "pipeline.tracking", "prepare"], check=True)
