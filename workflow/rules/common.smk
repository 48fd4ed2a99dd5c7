"""The checked params and the names that the rule files share."""

import sys
from functools import partial
from pathlib import Path

from snakemake.exceptions import WorkflowError

# The project's own packages, from any installation of Snakemake.
sys.path.insert(0, workflow.basedir)

from pipeline.closure import source_files
from pipeline.errors import StudyError
from pipeline.io.trees import discard_if_stale, listing_digest
from pipeline.params import parse_params
from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.strategies import units_of
from workflow.jobs import FOLDER, Training, job_values, set_environment, start_services, step

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

values = partial(job_values, config)
set_environment(PARAMS.study.name)


onstart:
    start_services()
