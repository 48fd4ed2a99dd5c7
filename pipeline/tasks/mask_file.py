"""The mask of a segmentation row: 8-bit grey levels, which are the class indices.

The challenge's loader reads every mask as 8-bit grey and takes the levels as they are. Colours, or
a palette of such, come out as their grey, and 16 bits a pixel as their upper half, so that the
classes are lost, although what is left may look like classes: (1, 0, 0) becomes 0. Such a mask is
a defect of its own, with the remedy in its text. Grey is what has three equal channels.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Row, relative_path
from pipeline.tasks.decode import MASK, decode
from pipeline.tasks.defects import Defect
from pipeline.tasks.files import find_file
from pipeline.tasks.labels import Size, is_empty


def read_mask(row: Row, task: Task, root: Path, size: Size) -> Image:
    """Return the mask that a row names, `mask_HW`; raise Defect unless it fits image and task."""
    text = row.fields.get(MASK.field, "")
    if is_empty(text):
        raise Defect("no_label", "mask_path is empty", MASK.field)
    path = find_file(root, relative_path(text, MASK.field))
    stored = decode(path, MASK)
    height, width = stored.shape[:2]
    if (height, width) != (size.height, size.width):
        sizes = f"{height} x {width} pixels, its image {size.height} x {size.width}"
        raise Defect("mask_size_mismatch", f"the mask has {sizes}", MASK.field)
    highest = float(stored.max())
    wrong = _wrong_form(stored)
    remedy = f"save the classes 0..{task.num_classes - 1} as grey levels of 8 bits"
    if wrong:
        raise Defect("mask_not_8_bit_grey", f"the mask {wrong}; {remedy}", MASK.field, highest)
    if highest >= task.num_classes:
        told = "the mask holds values beyond its classes"
        raise Defect("class_out_of_range", f"{told}; {remedy}", MASK.field, highest)
    return np.ascontiguousarray(stored if stored.ndim == 2 else stored[..., 0], np.uint8)


def _wrong_form(stored: npt.NDArray[Any]) -> str:
    """Say in which form other than 8-bit grey a mask is; nothing where it has grey levels alone."""
    if stored.dtype != np.uint8:
        return "has more than 8 bits a pixel, which the challenge's loader cuts off"
    if stored.ndim == 3 and np.ptp(stored, axis=2).any():
        return "is in colours, or has a palette of such, and is read as their grey"
    return ""
