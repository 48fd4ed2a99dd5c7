"""Pictures of instances before and after, for the page of evidence; made anew from the archive."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.deidentify.params import CleanParams
from pipeline.deidentify.pixels.instance import InstancePixels, Shape
from pipeline.deidentify.profile.seal import pixel_check
from pipeline.io.dicom import decode_frames, frames_of
from pipeline.io.images import Image, resize_image
from pipeline.io.keys import pseudonym
from pipeline.io.pages import data_uri
from pipeline.io.part10 import open_dicom
from pipeline.io.pixel_file import open_pixels
from pipeline.io.regions import read_geometry
from pipeline.io.sources import Source, walk_sources

LONGEST = 480  # pixels
OUTLINE = (255, 200, 0)


def thumbnail(image: Image) -> str:
    """Return an image, made smaller where it is large, as an address for a page."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST / max(height, width))
    return data_uri(
        resize_image(image, max(round(height * scale), 1), max(round(width * scale), 1))
    )


def before_and_after(
    raw: Path,
    key: bytes,
    params: CleanParams,
    frames: Mapping[str, int],
    rows: Mapping[str, Any],
) -> Iterator[tuple[str, str, str]]:
    """Yield (instance, picture before, picture after) of one frame of each instance of `frames`.

    `rows` are the instances as ingest found them. Text that was painted over is outlined.
    """
    for source in walk_sources(raw):
        instance = pseudonym(key, "instance", source.relative)
        if instance in frames:
            index = frames[instance]
            with open_dicom(source) as handle:
                original = next(iter(decode_frames(handle, [index])))
            cleaned = _cleaned(source, rows[instance], index, params, key)
            yield instance, thumbnail(original), thumbnail(cleaned)


def _cleaned(source: Source, row: Any, index: int, params: CleanParams, key: bytes) -> Image:
    shape = Shape(row.frames, row.rows, row.columns)
    with open_dicom(source) as handle, open_pixels(handle, whole=True) as opened:
        geometry, is_own = read_geometry(opened.before), pixel_check(opened.before, key)
        decode = partial(frames_of, opened)
        pixels = InstancePixels(decode, shape, geometry.boxes, params, is_own)
        frame = next(frame for number, frame in enumerate(pixels) if number == index)
    colour = np.ascontiguousarray(np.atleast_3d(frame.image).repeat(3, axis=2)[..., :3])
    if frame.image.ndim == 3:
        colour = frame.image.copy()
    for box in frame.text:
        cv2.rectangle(colour, (box.x0, box.y0), (box.x1 - 1, box.y1 - 1), OUTLINE, 1)
    return colour
