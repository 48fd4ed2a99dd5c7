"""The challenge's prediction folder: its files, its JSON keys, where the mask of an image goes.

Source: "Output Format Requirements" in the README of the challenge's repository
(lijiake2408/Foundation-Model-Challenge-for-Ultrasound-Image-Analysis, commit 2d9dd74), its
`docker/model.py`, which writes such a folder, and its `evaluate.py`, which reads it.
"""

import posixpath
from pathlib import Path

import cv2
import numpy as np

from pipeline.io.images import Image
from pipeline.tasks.catalogue import TaskType
from pipeline.tasks.defects import Defect

# Masks of the segmentation tasks lie in files of their own.
JSON_FILES: dict[TaskType, str] = {
    "classification": "classification_predictions.json",
    "detection": "detection_predictions.json",
    "regression": "regression_predictions.json",
}
# In a file of any other kind (JPEG changes class indices) a mask is stored as PNG all the same:
# readers go by the content.
LOSSLESS = (".png", ".bmp", ".tif", ".tiff")


def mask_file(image_path: str, mask_path: str) -> str:
    """Return where a predicted mask lies in the prediction folder.

    It is the row's `mask_path` with every `../` taken out; where a row has none, the baseline's
    `docker/model.py` makes one of the image's path. Raises Defect when it leads out of the folder.
    """
    text = mask_path
    if not text.strip():
        text = image_path.replace("img", "mask").replace("IMG", "MASK")
    file = text.replace("../", "")
    place = posixpath.normpath(file)
    if place.startswith(("..", "/")) or place == "." or "\0" in place:
        raise Defect("path_outside", "a path leads out of the prediction folder")
    return file


def encode_mask(mask: Image, file: str) -> bytes:
    """Return `mask_HW` (class indices, 8 bits) as the content of a file of this name."""
    suffix = posixpath.splitext(file)[1].lower()
    done, buffer = cv2.imencode(suffix if suffix in LOSSLESS else ".png", mask)
    if not done:
        raise ValueError(f"cannot encode a mask of shape {mask.shape}")
    return buffer.tobytes()


def read_mask(path: Path) -> Image | None:
    """Read class indices as the challenge does, one grey byte a pixel; None if that fails."""
    content = np.fromfile(path, np.uint8) if path.is_file() else np.empty(0, np.uint8)
    mask = cv2.imdecode(content, cv2.IMREAD_GRAYSCALE) if content.size else None
    return None if mask is None else np.asarray(mask, np.uint8)
