"""The files of one collection and its CSV rows, exactly as the FM_UIA 2026 archive lays them out.

Every path in a CSV is relative to `csv_files/`. Boxes and points are in pixels of the image; the
column named `mask` holds the class of a classification row.
"""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.io.images import encode_png
from pipeline.simulate.challenge_images import Shot, captures, plan_shots
from pipeline.simulate.challenge_sources import Collection, Suffix
from pipeline.simulate.exam import Capture
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.screen import draw_caliper, draw_note
from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import CSV_FOLDER, TASK_NAMES

CALIPER_SHARE, NOTE_SHARE = 0.15, 0.15
JPEG_QUALITY = 95


def write_collection(
    root: Path,
    collection: Collection,
    quotas: Mapping[str, int],
    tasks: Mapping[str, Task],
    params: SimulateParams,
    seed: int,
) -> int:
    """Write images, masks and CSVs of one collection; return the number of images.

    `quotas` gives the rows of each of the collection's CSVs, which list its first images.
    """
    count = max(quotas[name] for name in collection.tables)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in collection.tables}
    shots = plan_shots(collection, count, params, seed)
    for shot, capture, rng in captures(collection, shots, params, seed):
        _write(root / shot.path, _encode(shown(capture, collection, rng), collection.suffix))
        if shot.mask_path is not None:
            _write(root / shot.mask_path, encode_png(capture.mask_HW))
        for name, task in collection.tables.items():
            if len(rows[name]) < quotas[name]:
                rows[name].append(csv_row(tasks[task], shot, capture))
    for name, lines in rows.items():
        _write_csv(root / CSV_FOLDER / name, lines)
    return count


def csv_row(task: Task, shot: Shot, capture: Capture) -> dict[str, object]:
    """Return the CSV row of one image in one task."""
    row: dict[str, object] = {
        "task_id": task.id,
        "task_name": TASK_NAMES[task.type],
        "num_classes": task.num_classes,
        "image_path": f"../{shot.path}",
    }
    match task.type:
        case "segmentation":
            row["mask_path"] = f"../{shot.mask_path}"
        case "classification":
            row["mask"] = shot.label
        case "detection":
            row |= zip(("x_min", "y_min", "x_max", "y_max"), capture.box, strict=True)
        case "regression":
            for number, (x, y) in enumerate(capture.landmarks, start=1):
                row[f"point_{number}_xy"] = json.dumps([round(x, 2), round(y, 2)])
    return row


def shown(
    capture: Capture, collection: Collection, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return an image as it is published, `_HW` or `_HWC` (RGB).

    Some carry measuring crosses or a note, at places that have nothing to do with the label.
    """
    image = capture.image_HW
    if collection.colour:
        image = np.repeat(image[..., None], 3, axis=2)
    image = image.copy()
    if rng.random() < CALIPER_SHARE:
        draw_caliper(image, rng)
    if rng.random() < NOTE_SHARE:
        draw_note(image, rng)
    return image


def _encode(image: npt.NDArray[np.uint8], suffix: Suffix) -> bytes:
    """Return an image, `_HW` or `_HWC` (RGB), in the file format of its suffix."""
    if suffix == ".png":
        return encode_png(image)
    ordered = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if suffix == ".jpg" else []
    done, buffer = cv2.imencode(suffix, ordered, options)
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape} as {suffix}")
    return buffer.tobytes()


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
