"""One labelled image, read from the challenge's folders and checked."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.io.hashing import sha256_bytes, sha256_json
from pipeline.io.images import Image, to_8_bits
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Entry, Row
from pipeline.tasks.decode import IMAGE, decode
from pipeline.tasks.defects import Defect
from pipeline.tasks.files import find_file
from pipeline.tasks.labels import LabelRules, Size, box, class_index, points
from pipeline.tasks.mask_file import read_mask


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


def read_image(path: Path | None) -> Image:
    """Decode an image to 8 bits: `image_HW` if grey or of three equal channels, else `image_HWC`.

    16 bits become 8 by `to_8_bits`. Raises Defect when the file is missing, ends early, is no image
    or has pixels of another kind.
    """
    stored = decode(path, IMAGE)
    if stored.dtype not in (np.uint8, np.uint16):
        told = "its pixels are no whole numbers of 8 or 16 bits; save it as PNG"
        raise Defect(IMAGE.unreadable, told, IMAGE.field)
    image = to_8_bits(stored)
    if image.ndim == 2:
        return image
    if np.array_equal(image[..., 0], image[..., 1]) and np.array_equal(
        image[..., 1], image[..., 2]
    ):
        return np.ascontiguousarray(image[..., 0])
    return np.ascontiguousarray(image[..., ::-1])


def read_label(row: Row, task: Task, root: Path, size: Size, rules: LabelRules) -> Label:
    """Read a row's label and check it against the image and the task; raise Defect if it fails."""
    match task.type:
        case "segmentation":
            return Label(mask=read_mask(row, task, root, size))
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
