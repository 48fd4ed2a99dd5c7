"""A small simulation, shared by the tests."""

from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.simulate.params import SimulateParams
from pipeline.simulate.shapes import Field

SMALL: dict[str, Any] = {
    "patients": 5,
    "studies_min": 2,
    "studies_max": 3,
    "stills_per_study": 1,
    "cines_per_study": 1,
    "cine_frames": 4,
    "frame_height": 160,
    "frame_width": 200,
    "real_objects": True,
    "bad_files": True,
    "task_images": 16,
    "task_images_per_class": 3,
    "task_images_per_patient": 3,
    "task_image_size": 64,
    "difficulty": 0.5,
}
SEED = 7


def small_params(**changes: object) -> SimulateParams:
    return SimulateParams.model_validate(SMALL | changes)


def field(values: npt.ArrayLike) -> Field:
    """Return coordinates as a field of one row."""
    return np.atleast_2d(np.asarray(values, np.float32))
