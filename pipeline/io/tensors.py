"""Safetensors files with one JSON note in their header, written to the same bytes every time."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save

from pipeline.errors import StudyError
from pipeline.io.atomic import write_bytes
from pipeline.io.hashing import canonical_json

Arrays = dict[str, npt.NDArray[Any]]


def write_tensors(path: Path, arrays: Mapping[str, npt.NDArray[Any]], about: Any) -> None:
    """Write named arrays and the JSON value `about` atomically.

    The note is a single header entry: safetensors keeps no order among several.
    """
    content = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    write_bytes(path, save(content, metadata={"about": canonical_json(about)}))


def read_note(path: Path) -> str:
    """Return the JSON text that `write_tensors` kept.

    Raises StudyError when the file is not a safetensors file of ours.
    """
    try:
        with safe_open(path, framework="numpy") as handle:
            return str(handle.metadata()["about"])
    except Exception as error:  # safetensors raises its own untyped errors
        raise StudyError(
            f"{path}: not a weights file of this study; rebuild it or name another file"
        ) from error


def read_tensors(path: Path) -> Arrays:
    """Return every array of the file, by name."""
    read_note(path)
    with safe_open(path, framework="numpy") as handle:
        return {name: handle.get_tensor(name) for name in sorted(handle.keys())}
