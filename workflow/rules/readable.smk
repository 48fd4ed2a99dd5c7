"""Say where params.yaml is broken, before Snakemake, which would not name the file."""

import sys
from pathlib import Path

# The project's own packages, from any installation of Snakemake.
sys.path.insert(0, workflow.basedir)

from pipeline.errors import StudyError
from pipeline.yaml_file import read_yaml

try:
    read_yaml(Path("params.yaml"))
except StudyError as error:
    raise SystemExit(f"error: {error}") from None
