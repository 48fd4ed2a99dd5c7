"""The mask of a segmentation row: 8-bit grey levels, which are the class indices.

The challenge's loader reads every mask as 8-bit grey and takes the levels as they are. A palette
or colours come out as the grey of the colours, and 16 bits a pixel as their upper half, so that
the classes are lost; such a mask is a defect of its own, with the remedy in its text.
"""

from pathlib import Path

import cv2
import numpy as np
import PIL.Image

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
    levels = decode(path, cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH, MASK)
    if levels.shape != (size.height, size.width):
        height, width = levels.shape
        sizes = f"{height} x {width} pixels, its image {size.height} x {size.width}"
        raise Defect("mask_size_mismatch", f"the mask has {sizes}", MASK.field)
    highest = float(levels.max())
    wrong = _wrong_form(path, levels.dtype, highest >= task.num_classes)
    remedy = f"save the classes 0..{task.num_classes - 1} as grey levels of 8 bits"
    if wrong:
        raise Defect("mask_not_8_bit_grey", f"the mask {wrong}; {remedy}", MASK.field, highest)
    if highest >= task.num_classes:
        told = "the mask holds values beyond its classes"
        raise Defect("class_out_of_range", f"{told}; {remedy}", MASK.field, highest)
    return np.asarray(levels, np.uint8)


def _wrong_form(path: Path | None, depth: np.dtype, is_beyond: bool) -> str:
    """Say in which form other than 8-bit grey a mask is; nothing where its levels can be classes.

    A palette or colours whose greys happen to be classes are taken for these, as by the challenge.
    """
    if depth != np.uint8:
        return "has more than 8 bits a pixel, which the challenge's loader cuts off"
    if not is_beyond:
        return ""
    try:
        with PIL.Image.open(path or "") as image:
            if image.mode in ("P", "PA"):
                return "has a palette, and is read as the grey of its colours"
            if np.ptp(np.asarray(image.convert("RGB")), axis=2).any():
                return "is in colours, and is read as their grey"
    except (OSError, PIL.Image.DecompressionBombError):
        pass
    return ""
