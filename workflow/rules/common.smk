"""The checked params and the names that the rule files share."""

from functools import partial
from pathlib import Path

from pipeline.closure import source_files
from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_file
from pipeline.io.keys import key_id, load_key
from pipeline.io.trees import discard_if_stale, listing_digest
from pipeline.params import parse_params
from pipeline.tasks.challenge import read_rows
from pipeline.tasks.listed import check_listed
from pipeline.tasks.strategies import units_of
from workflow.failures import tell_at_the_end
from workflow.jobs import FOLDER, Training, job_values, set_environment, start_services, step

try:
    PARAMS = parse_params(config)
    SIMULATED_COHORT = PARAMS.cohort.source == "simulate"
    # Another key in the same place makes every pseudonym another one.
    KEY_ID = key_id(load_key(PARAMS.deidentify.key_file, SIMULATED_COHORT))
    RAW = "data/raw" if SIMULATED_COHORT else PARAMS.cohort.path
    # A user's own folder is nobody's output: a change of its listing makes the reader stale.
    RAW_LISTING = None if SIMULATED_COHORT else listing_digest(Path(RAW))
    SIMULATED_TASKS = PARAMS.tasks.source == "simulate"
    RAW_TASKS = ["data/raw_tasks"] if SIMULATED_TASKS else list(PARAMS.tasks.folders)
    RAW_TASKS_LISTING = (
        None if SIMULATED_TASKS else [listing_digest(Path(one)) for one in RAW_TASKS]
    )
    # Jobs read the workflow too, and need not ask again what was asked before the first of them.
    if PARAMS.tasks.source == "fm_uia" and workflow.is_main_process:
        folders = [Path(folder) for folder in PARAMS.tasks.folders]
        check_listed(read_rows(folders), list(PARAMS.tasks.tasks()))
except StudyError as error:
    # Snakemake would print a WorkflowError with its name and place around what it says.
    raise SystemExit(f"error: {error}") from None

CATALOGUE = PARAMS.tasks.tasks()
TASKS = sorted(CATALOGUE)
# The user's own tables are no job's output either: what they hold decides what is stale.
OWN_TABLES = {
    f"workflow.{name}_sha256": sha256_file(Path(path)) if path else ""
    for name, path in (
        ("catalogue", PARAMS.tasks.catalogue),
        ("exclude_file", PARAMS.tasks.exclude_file),
    )
}

values = partial(job_values, config)
set_environment(PARAMS.study.name)


onstart:
    start_services()


onerror:
    tell_at_the_end([Path(path) for path in log])
