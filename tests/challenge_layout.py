"""Tiny labelled folders in the challenge's layout, for tests."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task

COLUMNS = ["task_id", "task_name", "num_classes", "image_path", "mask_path", "mask"]
COLUMNS += ["x_min", "y_min", "x_max", "y_max", "point_1_xy", "point_2_xy", "point_3_xy"]
COLUMNS += ["patient"]


def speckle(seed: int, height: int = 20, width: int = 24) -> Image:
    """Return a grey image that differs for every seed."""
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


class ChallengeFolder:
    """Collects rows and images; `write` puts the CSV files in place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def save(self, path: str, image: Image) -> str:
        """Write an image below the root and return its path as a CSV file gives it."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(cv2.imencode(target.suffix, image)[1].tobytes())
        return f"../{path}"

    def add(self, task: Task, image_path: str, csv_name: str = "all.csv", **fields: Any) -> None:
        """Add one row; `fields` are the label's columns, or replace the usual ones."""
        usual = {
            "task_id": task.id,
            "task_name": "Regression" if task.type == "regression" else task.type,
            "num_classes": task.num_classes,
            "image_path": image_path,
        }
        self._rows[csv_name].append(usual | fields)

    def add_labelled(self, task: Task, path: str, image: Image, number: int, **row: Any) -> None:
        """Add an image with a label that fits its task; `number` chooses the class."""
        given = {"image_path": self.save(path, image)} | self.label(task, path, image, number)
        self.add(task, **(given | row))

    def label(self, task: Task, path: str, image: Image, number: int) -> dict[str, Any]:
        """Return the label's columns of a row, having written the mask if there is one."""
        height, width = image.shape[:2]
        match task.type:
            case "segmentation":
                mask = np.zeros((height, width), np.uint8)
                for index in range(1, task.num_classes):
                    mask[2 * index : 2 * index + 2, 3 : 9 + number % 4] = index
                return {"mask_path": self.save(f"Segmentation/masks/{path}.png", mask)}
            case "classification":
                return {"mask": number % task.num_classes}
            case "detection":
                return dict(zip(("x_min", "y_min", "x_max", "y_max"), (2, 3, 9.5, 11), strict=True))
            case "regression":
                points = [[4.0 + number % 5, 2.0 + index] for index in range(task.num_classes)]
                return {f"point_{k}_xy": json.dumps(xy) for k, xy in enumerate(points, start=1)}

    def write(self) -> Path:
        """Write the CSV files and return the root."""
        folder = self.root / "csv_files"
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in self._rows.items():
            with (folder / name).open("w", newline="", encoding="utf-8") as handle:
                writer = csv.DictWriter(handle, COLUMNS)
                writer.writeheader()
                writer.writerows(rows)
        return self.root


def small_study(root: Path, tasks: list[Task], images: int = 15) -> ChallengeFolder:
    """Return a folder (rows not yet written) with `images` images of one patient each per task."""
    folder = ChallengeFolder(root)
    for position, task in enumerate(tasks):
        for number in range(images):
            path = f"{task.type.title()}/{task.id} (set, 1)/Patient{position:02d}{number:03d}_a.png"
            image = speckle(1000 * position + number)
            folder.add_labelled(task, path, image, number, csv_name=f"{task.id}.csv")
    return folder
