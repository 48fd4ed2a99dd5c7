"""One labelled image, read from the challenge's folders and checked."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from pipeline.io.hashing import sha256_bytes
from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row, relative_path
from pipeline.tasks.defects import Defect, Reason

BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")


@dataclass(frozen=True)
class Label:
    """What is to be predicted; one of the four is given. Coordinates are pixels of the image.

    `points` holds (0, 0) where a landmark was not annotated, as in the challenge.
    """

    label: int | None = None
    box: tuple[float, ...] | None = None
    points: tuple[tuple[float, float], ...] | None = None
    mask: Image | None = None


@dataclass(frozen=True)
class Sample:
    """A decoded image (`image_HW` or `image_HWC`, RGB) with its label."""

    image: Image
    label: Label

    @property
    def image_sha256(self) -> str:
        """Digest of the decoded pixels and their shape: equal for equal pictures."""
        return sha256_bytes(repr(self.image.shape).encode() + self.image.tobytes())


def _decode(path: Path, flag: int, missing: Reason, unreadable: Reason) -> Image:
    if not path.is_file():
        raise Defect(missing, "no such file")
    content = np.fromfile(path, np.uint8)
    image = cv2.imdecode(content, flag) if content.size else None
    if image is None:
        raise Defect(unreadable, "the file is not an image that can be decoded")
    return np.asarray(image, np.uint8)


def read_image(path: Path) -> Image:
    """Decode an image to 8 bits: `image_HW` if grey or of three equal channels, else `image_HWC`.

    Raises Defect when the file is missing or is no image.
    """
    image = _decode(path, cv2.IMREAD_ANYCOLOR, "missing_image", "unreadable_image")
    if image.ndim == 2:
        return image
    if np.array_equal(image[..., 0], image[..., 1]) and np.array_equal(
        image[..., 1], image[..., 2]
    ):
        return np.ascontiguousarray(image[..., 0])
    return np.ascontiguousarray(image[..., ::-1])


def _mask(row: Row, task: Task, root: Path, image: Image) -> Image:
    text = row.fields.get("mask_path", "")
    if not text.strip():
        raise Defect("missing_mask", "mask_path is empty")
    path = root / relative_path(text)
    mask = _decode(path, cv2.IMREAD_GRAYSCALE, "missing_mask", "unreadable_mask")
    if mask.shape != image.shape[:2]:
        raise Defect("mask_size_mismatch", "the mask's size is not the image's")
    if int(mask.max()) >= task.num_classes:
        raise Defect("class_out_of_range", f"the mask has a class of {task.num_classes} or more")
    return mask


def _class_index(row: Row, task: Task) -> int:
    value = _number(row.fields.get("mask", ""))
    if value != int(value):
        raise Defect("bad_label", "the class is not a whole number")
    if not 0 <= value < task.num_classes:
        raise Defect("class_out_of_range", f"the class is not in 0..{task.num_classes - 1}")
    return int(value)


def _number(text: object) -> float:
    try:
        value = float(str(text))
    except ValueError:
        raise Defect("bad_label", "a label is not a number") from None
    if not math.isfinite(value):
        raise Defect("bad_label", "a label is not finite")
    return value


def _box(row: Row, image: Image) -> tuple[float, ...]:
    box = tuple(_number(row.fields.get(name, "")) for name in BOX_COLUMNS)
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box
    if not (x0 < x1 and y0 < y1):
        raise Defect("bad_label", "the box is empty")
    if min(x0, y0) < 0 or x1 > width or y1 > height:
        raise Defect("box_outside", "the box leaves the image")
    return box


def _point(text: str, image: Image) -> tuple[float, float]:
    if not text.strip():
        return (0.0, 0.0)
    try:
        pair = json.loads(text)
    except json.JSONDecodeError:
        raise Defect("bad_label", "a landmark is not a JSON pair") from None
    if not isinstance(pair, list) or len(pair) != 2:
        raise Defect("bad_label", "a landmark is not a JSON pair")
    x, y = (_number(value) for value in pair)
    height, width = image.shape[:2]
    if not (0 <= x <= width and 0 <= y <= height):
        raise Defect("point_outside", "a landmark lies outside the image")
    return (x, y)


def _points(row: Row, task: Task, image: Image) -> tuple[tuple[float, float], ...]:
    names = [f"point_{number}_xy" for number in range(1, task.num_classes + 1)]
    points = tuple(_point(row.fields.get(name, ""), image) for name in names)
    if all(point == (0.0, 0.0) for point in points):
        raise Defect("bad_label", "no landmark is annotated")
    return points


def read_label(row: Row, task: Task, root: Path, image: Image) -> Label:
    """Read a row's label and check it against the image and the task; raise Defect if it fails."""
    match task.type:
        case "segmentation":
            return Label(mask=_mask(row, task, root, image))
        case "classification":
            return Label(label=_class_index(row, task))
        case "detection":
            return Label(box=_box(row, image))
        case "regression":
            return Label(points=_points(row, task, image))


def read_sample(entry: Entry, root: Path) -> Sample:
    """Decode an entry's image and read its label; raise Defect when either cannot be used."""
    image = read_image(root / entry.image)
    return Sample(image, read_label(entry.row, entry.task, root, image))
