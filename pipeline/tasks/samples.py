"""One labelled image, read from the challenge's folders and checked."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import PIL.Image

from pipeline.io.hashing import sha256_bytes, sha256_json
from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row, relative_path
from pipeline.tasks.defects import Defect, Reason
from pipeline.tasks.files import find_file
from pipeline.tasks.image_end import is_cut_short
from pipeline.tasks.labels import LabelRules, Size, box, class_index, is_empty, points

# OpenCV's own complaints about a broken file say less than its row in the quarantine table.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


@dataclass(frozen=True)
class Label:
    """What is to be predicted; one of the four is given. Coordinates are pixels of the image.

    `points` holds (0, 0) where a landmark was not annotated, as in the challenge.
    """

    label: int | None = None
    box: tuple[float, ...] | None = None
    points: tuple[tuple[float, float], ...] | None = None
    mask: Image | None = None

    @property
    def sha256(self) -> str:
        """Digest of what is to be predicted: equal for equal answers."""
        mask = None if self.mask is None else pixels_sha256(self.mask)
        return sha256_json([self.label, self.box, self.points, mask])


@dataclass(frozen=True)
class Sample:
    """A decoded image (`image_HW` or `image_HWC`, RGB) with its label."""

    image: Image
    label: Label

    @property
    def image_sha256(self) -> str:
        """Digest of the decoded pixels and their shape: equal for equal pictures."""
        return pixels_sha256(self.image)


def pixels_sha256(image: Image) -> str:
    """Return the digest of an image's pixels and shape."""
    return sha256_bytes(repr(image.shape).encode() + image.tobytes())


@dataclass(frozen=True)
class _Kind:
    """Which defects a file of one kind can have."""

    field: str
    missing: Reason
    unreadable: Reason
    truncated: Reason


_IMAGE = _Kind("image_path", "missing_image", "unreadable_image", "truncated_image")
_MASK = _Kind("mask_path", "missing_mask", "unreadable_mask", "truncated_mask")


def _decode(path: Path | None, flag: int, kind: _Kind) -> Image:
    """Decode a file as the challenge's loader does: the content counts, not the suffix."""
    if path is None:
        raise Defect(kind.missing, "no such file", kind.field)
    try:
        content = np.fromfile(path, np.uint8)
        image = cv2.imdecode(content, flag) if content.size else None
    except (OSError, cv2.error):
        image, content = None, np.empty(0, np.uint8)
    if image is None and is_cut_short(content.tobytes()):
        raise Defect(kind.truncated, "the file ends before its image does", kind.field)
    if image is None:
        raise Defect(kind.unreadable, "the file is not an image that can be decoded", kind.field)
    return np.asarray(image, np.uint8)


def read_image(path: Path | None) -> Image:
    """Decode an image to 8 bits: `image_HW` if grey or of three equal channels, else `image_HWC`.

    Raises Defect when the file is missing, ends early or is no image.
    """
    image = _decode(path, cv2.IMREAD_ANYCOLOR, _IMAGE)
    if image.ndim == 2:
        return image
    if np.array_equal(image[..., 0], image[..., 1]) and np.array_equal(
        image[..., 1], image[..., 2]
    ):
        return np.ascontiguousarray(image[..., 0])
    return np.ascontiguousarray(image[..., ::-1])


def _mask(row: Row, task: Task, root: Path, size: Size) -> Image:
    """Read a mask as grey levels, which are the class indices, as the challenge's loader does."""
    text = row.fields.get("mask_path", "")
    if is_empty(text):
        raise Defect("no_label", "mask_path is empty", "mask_path")
    path = find_file(root, relative_path(text, "mask_path"))
    mask = _decode(path, cv2.IMREAD_GRAYSCALE, _MASK)
    if mask.shape != (size.height, size.width):
        height, width = mask.shape
        sizes = f"{height} x {width} pixels, its image {size.height} x {size.width}"
        raise Defect("mask_size_mismatch", f"the mask has {sizes}", "mask_path")
    highest = int(mask.max())
    if highest >= task.num_classes:
        raise _out_of_range(path, highest, task)
    return mask


def _out_of_range(path: Path | None, highest: int, task: Task) -> Defect:
    """Say why a mask's grey levels are not the task's classes."""
    grey = f"save the classes 0..{task.num_classes - 1} as grey levels"
    try:
        with PIL.Image.open(path or "") as image:
            mode = image.mode
    except (OSError, PIL.Image.DecompressionBombError):
        mode = ""
    if mode in ("P", "PA"):
        text = f"the mask has a palette, and is read as the grey of its colours; {grey}"
        return Defect("mask_not_grey", text, "mask_path", highest)
    if mode.startswith("RGB"):
        text = f"the mask is in colours, and is read as their grey; {grey}"
        return Defect("mask_not_grey", text, "mask_path", highest)
    text = f"the mask holds values beyond its classes; {grey}"
    return Defect("class_out_of_range", text, "mask_path", highest)


def read_label(row: Row, task: Task, root: Path, size: Size, rules: LabelRules) -> Label:
    """Read a row's label and check it against the image and the task; raise Defect if it fails."""
    match task.type:
        case "segmentation":
            return Label(mask=_mask(row, task, root, size))
        case "classification":
            return Label(label=class_index(row, task))
        case "detection":
            return Label(box=box(row, size, rules))
        case "regression":
            return Label(points=points(row, task, size, rules))


def read_sample(entry: Entry, root: Path, rules: LabelRules) -> Sample:
    """Decode an entry's image and read its label; raise Defect when either cannot be used."""
    image = read_image(find_file(root, entry.image))
    height, width = image.shape[:2]
    return Sample(image, read_label(entry.row, entry.task, root, Size(height, width), rules))
