"""What the DICOM validators of dicom3tools say; they are not on every machine."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

HAS_VALIDATORS = bool(shutil.which("dciodvfy") and shutil.which("dcentvfy"))
needs_validators = pytest.mark.skipif(not HAS_VALIDATORS, reason="dicom3tools is not installed")
# Values, other than names of attributes and modules; they differ from file to file.
VALUE = re.compile(r"(?<!=)(?<!attribute )<[^>]*>| = .*")


def errors_of(path: Path) -> set[str]:
    """Return the kinds of errors in a file, each with its attribute and module."""
    return {VALUE.sub("", line) for line in _errors("dciodvfy", [path])}


def errors_between(paths: Sequence[Path]) -> list[str]:
    """Return where files disagree on their patient, study or series."""
    return _errors("dcentvfy", paths)


def _errors(tool: str, paths: Sequence[Path]) -> list[str]:
    run = subprocess.run([tool, *paths], capture_output=True, check=False)
    said = (run.stdout + run.stderr).decode("latin-1").splitlines()
    return [line for line in said if line.startswith("Error")]
