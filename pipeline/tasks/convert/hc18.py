"""HC18 (van den Heuvel et al., PLoS ONE 2018, zenodo.org/records/1327317): fetal head, 999 + 335.

Read: `training_set/000_HC.png` (a second sweep of the same woman: `010_2HC.png`) with
`000_HC_Annotation.png`, and `test_set/000_HC.png`, whose labels are not published; both sets count
from 000, so the set is part of the patient. An annotation is an ellipse drawn as a line, sometimes
cut by the image's border: the mask is the ellipse that fits the line. Masks that are filled already
(a common copy) are taken as they are. The two tables of pixel sizes are not needed for masks.
Layout as in github.com/constantinpape/torch-em, which fills the contour; a broken line would stay
empty by that, so the ellipse is fitted.
"""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Mask, Shape, pair
from pipeline.tasks.convert.masks import check_size, read_binary
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.convert.source import Source

TASK = "fetal_head"
FILE = re.compile(r"(?:^|/)((?:training|test)_set)(?:/\1)?/(\d+)_(\d*)HC(_Annotation)?\.\w+$", re.I)
SIZES = re.compile(r"(?:^|/)(?:training|test)_set_pixel_size[^/]*\.csv$", re.I)
# A head is wider than this at its narrowest, in pixels; anything thinner is a stray stroke.
SMALLEST_HEAD = 10
# Pixels of the line farther than this from the ellipse, in pixels, and their greatest share.
LARGEST_DISTANCE, LARGEST_SHARE = 4.0, 0.05
# A filled mask covers its convex hull; a line does not.
FILLED_SHARE = 0.5

Floats = npt.NDArray[np.floating]


def cases(source: Source) -> Iterator[Case]:
    """Yield every image; those of the test set have no label."""
    for file, _ in source.matching(SIZES):
        source.refuse(file, "not_converted", "pixel sizes are not needed for masks")
    found = source.matching(FILE)
    entries = ((match.group(1, 2, 3), file, match[4] is not None) for file, match in found)
    for (folder, woman, _), image, files in pair(source, entries):
        is_test = folder.lower() == "test_set"
        label = None if is_test and not files else Mask(files, partial(_head, source, files))
        patient = f"hc18:{folder.lower()}/{woman}"
        yield Case(image, {TASK: label}, patient, "test" if is_test else "train")


def _head(source: Source, files: tuple[str, ...], shape: Shape) -> Image:
    return head_mask(source.path(files[0]), shape)


def head_mask(annotation: Path, shape: Shape) -> Image:
    """Return 1 inside the head; raise Refusal when the annotation is no ellipse."""
    marked = read_binary(annotation)
    check_size(marked, shape)
    points = np.argwhere(marked)[:, ::-1].astype(np.float32)
    if not len(points):
        raise Refusal("empty_mask", "nothing is annotated")
    if min(cv2.minAreaRect(points)[1]) < SMALLEST_HEAD:
        raise Refusal("bad_annotation", "the line is not an ellipse")
    if len(points) > FILLED_SHARE * cv2.contourArea(cv2.convexHull(points)):
        return marked.astype(np.uint8)
    (x, y), (width, height), degrees = cv2.fitEllipseDirect(points)
    ellipse = _Ellipse(x, y, width / 2, height / 2, np.deg2rad(degrees))
    far = ellipse.distance(points[:, 0], points[:, 1]) > LARGEST_DISTANCE
    if far.mean() > LARGEST_SHARE:
        raise Refusal("bad_annotation", "the line is not an ellipse")
    rows, columns = np.indices(shape, np.float32)
    return (ellipse.radius(columns, rows) <= 1).astype(np.uint8)


class _Ellipse:
    """An ellipse by its centre, its half-axes in pixels and its turn in radians."""

    def __init__(self, x: float, y: float, a: float, b: float, turn: float) -> None:
        self._centre, self._axes, self._turn = (x, y), (a, b), turn

    def radius(self, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> Floats:
        """Return how far points are from the centre; 1 is the ellipse."""
        dx, dy = x - self._centre[0], y - self._centre[1]
        along = dx * np.cos(self._turn) + dy * np.sin(self._turn)
        across = dy * np.cos(self._turn) - dx * np.sin(self._turn)
        return np.asarray(np.hypot(along / self._axes[0], across / self._axes[1]))

    def distance(self, x: npt.NDArray[np.float32], y: npt.NDArray[np.float32]) -> Floats:
        """Return about how many pixels points are from the ellipse: along their ray."""
        radius = self.radius(x, y)
        from_centre = np.hypot(x - self._centre[0], y - self._centre[1])
        return np.asarray(from_centre * np.abs(1 - 1 / radius))
