"""DDTI (Pedraza et al., SPIE 2015): 480 thyroid images of 390 cases, nodules as polygons in XML.

Read: `1_1.jpg` (case 1, image 1) beside `1.xml`, in one folder; each `<mark>` has the number of its
image and an `<svg>` that holds JSON: a list of regions with `points` of x and y in pixels. All
regions of an image are one mask; a region of fewer than three points is none. Two published files
(197 and 205) end within their JSON, so their images are refused. Layout as in the Kaggle copy
dasmehdixtr/ddti-thyroid-ultrasound-images and its public readers; the re-numbered copy with
`image/` and `mask/` folders is not read, as it says nothing of the cases.
"""

import json
import re
import xml.etree.ElementTree as ET  # its parser reads no external entity, and stops at bombs
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from pipeline.io.images import Image
from pipeline.tasks.convert.cases import Case, Key, Mask, Shape, pair
from pipeline.tasks.convert.masks import fill_polygons, require_foreground
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.convert.source import Source

TASK = "thyroid_nodule"
IMAGE = re.compile(r"^(.*/|)(\d+)_(\d+)\.(?:jpe?g|png|bmp)$", re.I)
ANNOTATION = re.compile(r"^(.*/|)(\d+)\.xml$", re.I)
LARGEST_COORDINATE = 100_000
# Not XML, not JSON, of another structure, or with numbers or nesting beyond what Python reads.
BEYOND = (OverflowError, RecursionError)
UNREADABLE = (ET.ParseError, OSError, ValueError, TypeError, LookupError, *BEYOND)
Polygon = list[tuple[float, float]]


def cases(source: Source) -> Iterator[Case]:
    """Yield every image with the nodules that its case's file describes."""
    annotations = {_folded(match[1], match[2]): file for file, match in source.matching(ANNOTATION)}
    seen: set[str | None] = set()
    images = ((match.group(1, 2, 3), file, False) for file, match in source.matching(IMAGE))
    for (folder, case, number), image, _ in pair(source, images):
        file = annotations.get(_folded(folder, case))
        seen.add(file)
        files = () if file is None else (file,)
        mask = Mask(files, partial(_nodules, source, files, int(number)))
        yield Case(image, {TASK: mask}, patient=f"ddti:{int(case)}")
    for file in annotations.values():
        if file not in seen:
            source.refuse(file, "missing_image", "there is no image of this case")


def _folded(folder: str, case: str) -> Key:
    return folder.casefold(), case


def _nodules(source: Source, files: Sequence[str], number: int, shape: Shape) -> Image:
    polygons = _polygons(source.path(files[0]), number)
    if not polygons:
        raise Refusal("missing_mask", "the case's file has no region for this image")
    return require_foreground(fill_polygons(polygons, shape))


def _polygons(path: Path, number: int) -> list[Polygon]:
    """Return the polygons of one image of a case; raise Refusal when they cannot be read."""
    found: list[Polygon] = []
    try:
        for mark in ET.parse(path).iter("mark"):
            text = (mark.findtext("svg") or "").strip()
            if text and int(mark.findtext("image") or "") == number:
                found += [_points(region["points"]) for region in json.loads(text)]
    except UNREADABLE:
        raise Refusal("bad_annotation", "the case's file is broken, or of another kind") from None
    return [polygon for polygon in found if len(polygon) > 2]


def _points(points: list[dict[str, float]]) -> Polygon:
    polygon = [(float(point["x"]), float(point["y"])) for point in points]
    if not (np.abs(polygon) < LARGEST_COORDINATE).all():
        raise ValueError("a coordinate cannot be")
    return polygon
