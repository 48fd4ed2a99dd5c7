"""Image files of the labelled data, decoded as the challenge's loader does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.tasks.defects import Defect, Reason
from pipeline.tasks.image_end import is_cut_short

# OpenCV's own complaints about a broken file say less than its row in the quarantine table.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
FLAGS = cv2.IMREAD_ANYCOLOR | cv2.IMREAD_ANYDEPTH


@dataclass(frozen=True)
class Kind:
    """Which defects a file of one kind can have."""

    field: str
    missing: Reason
    unreadable: Reason
    truncated: Reason


IMAGE = Kind("image_path", "missing_image", "unreadable_image", "truncated_image")
MASK = Kind("mask_path", "missing_mask", "unreadable_mask", "truncated_mask")


def decode(path: Path | None, kind: Kind) -> npt.NDArray[Any]:
    """Return a file's pixels `_HW` or `_HWC` (BGR) in their own depth, without transparency.

    They are turned as the file's EXIF orientation says. The content counts, not the suffix.

    Raises Defect when the file is missing, ends early or is no image.
    """
    if path is None:
        raise Defect(kind.missing, "no such file; paths count from csv_files/", kind.field)
    try:
        content = np.fromfile(path, np.uint8)
        image = cv2.imdecode(content, FLAGS) if content.size else None
    except (OSError, cv2.error):
        image, content = None, np.empty(0, np.uint8)
    if image is None and is_cut_short(content.tobytes()):
        raise Defect(kind.truncated, "the file ends before its image does", kind.field)
    if image is None:
        raise Defect(kind.unreadable, "the file is not an image that can be decoded", kind.field)
    return np.asarray(image)
