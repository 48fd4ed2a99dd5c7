"""Every kind of defect, planted in an archive of the published layout."""

import io
import random
from collections.abc import Callable
from pathlib import PurePosixPath

import cv2
import numpy as np
import PIL.Image

from pipeline.tasks.catalogue import TaskType
from tests.tasks.published_layout import HEIGHT, TASKS, WIDTH, Fields, PublishedArchive

# CSV, row and reason, as the quarantine table tells them.
Finding = tuple[str, int, str]
Kind = TaskType | None

# Defects that are a matter of cells: (reason, type of task or any, what the cells become).
CELLS: tuple[tuple[str, Kind, Fields], ...] = (
    ("unknown_task", None, {"task_id": "knee_cls"}),
    ("unknown_task", None, {"task_id": ""}),
    ("task_left_out", None, {"task_id": "muscle"}),
    ("wrong_task_name", "classification", {"task_name": "segmentation"}),
    ("wrong_task_name", "regression", {"task_name": ""}),
    ("wrong_num_classes", "segmentation", {"num_classes": "9"}),
    ("path_missing", None, {"image_path": ""}),
    ("path_outside", None, {"image_path": "../../elsewhere/x.png"}),
    ("path_outside", "segmentation", {"mask_path": "/etc/x.png"}),
    ("missing_image", None, {"image_path": "../gone/x (1).png"}),
    ("missing_mask", "segmentation", {"mask_path": "../gone/m.png"}),
    ("no_label", "segmentation", {"mask_path": ""}),
    ("no_label", "classification", {"mask": ""}),
    ("no_label", "classification", {"mask": "nan"}),
    ("no_label", "detection", {"x_min": "", "y_min": "", "x_max": "", "y_max": ""}),
    ("no_label", "regression", {f"point_{k}_xy": "[0, 0]" for k in (1, 2, 3)}),
    ("class_out_of_range", "classification", {"mask": "99"}),
    ("class_out_of_range", "classification", {"mask": "-1"}),
    ("class_not_whole", "classification", {"mask": "0.5"}),
    ("not_numeric", "classification", {"mask": "benign"}),
    ("not_numeric", "detection", {"y_max": "inf"}),
    ("not_numeric", "regression", {"point_1_xy": '["a", 2]'}),
    ("box_incomplete", "detection", {"x_max": ""}),
    ("box_reversed", "detection", {"x_min": "12", "x_max": "4"}),
    ("box_empty", "detection", {"y_min": "7", "y_max": "7.0"}),
    ("box_outside", "detection", {"x_max": str(WIDTH + 1)}),
    ("box_outside", "detection", {"y_min": "-0.5"}),
    ("landmark_malformed", "regression", {"point_1_xy": "3, 4"}),
    ("landmark_malformed", "regression", {"point_2_xy": "[1, 2, 3]"}),
    ("landmark_outside", "regression", {"point_1_xy": "[-1, 2]"}),
    ("landmark_outside", "regression", {"point_2_xy": f"[2, {HEIGHT + 1}]"}),
    ("landmark_missing", "regression", {"point_2_xy": ""}),
    (
        "normalised_coordinates",
        "detection",
        {"x_min": "0.1", "y_min": "0.2", "x_max": "0.5", "y_max": "1"},
    ),
    (
        "normalised_coordinates",
        "regression",
        {f"point_{k}_xy": f"[0.{k}, 0.5]" for k in (1, 2, 3)},
    ),
)  # fmt: skip


class Planter:
    """Plants each defect once, every one in a row of its own."""

    def __init__(self, archive: PublishedArchive, seed: int) -> None:
        self.archive, self.planted = archive, set[Finding]()
        self.refused: list[tuple[str, str]] = []
        free = [(name, place) for name, rows in archive.rows.items() for place in range(len(rows))]
        random.Random(seed).shuffle(free)
        self._free = free

    def plant_all(self) -> None:
        for reason, kind, fields in CELLS:
            name, place = self._take(kind)
            row = self.archive.rows[name][place]
            row.update({field: value for field, value in fields.items() if field in row})
            self._note(name, place, reason)
        files: tuple[tuple[str, Kind, Callable[[Fields], None]], ...] = (
            ("unreadable_image", None, self._text_for("image_path")),
            ("unreadable_mask", "segmentation", self._text_for("mask_path")),
            ("truncated_image", None, self._cut("image_path", ".png")),
            ("truncated_image", None, self._cut("image_path", ".jpg")),
            ("truncated_image", None, self._cut("image_path", ".bmp")),
            ("truncated_mask", "segmentation", self._cut("mask_path", ".png")),
            ("mask_size_mismatch", "segmentation", self._mask(np.zeros((HEIGHT, WIDTH - 1)))),
            ("class_out_of_range", "segmentation", self._mask(np.full((HEIGHT, WIDTH), 255))),
            ("mask_not_8_bit_grey", "segmentation", self._palette),
            ("ambiguous_path", None, self._two_spellings),
            ("official_test_image", "regression", self._name("Patient00331_Plane4_1_of_1")),
            ("official_test_image", "detection", self._name("Patient01792_Plane1_1_of_1")),
            ("excluded", None, self._refuse),
        )
        for reason, kind, change in files:
            name, place = self._take(kind)
            change(self.archive.rows[name][place])
            self._note(name, place, reason)
        name, place = self._take("regression", "fetal_femur")
        self._name("Patient00757_Plane5_1_of_1")(self.archive.rows[name][place])
        self._note(name, place, "mirrored_femur")
        name, place = self._take(None)
        self.archive.malformed.add((name, place + 1))
        self._note(name, place, "malformed_row")
        self._unknown_split()
        self._repeat()
        self._contradict()

    def _take(self, kind: Kind, task: str = "") -> tuple[str, int]:
        for found in self._free:
            row = self.archive.rows[found[0]][found[1]]
            if kind in (None, TASKS[row["task_id"]].type) and task in ("", row["task_id"]):
                self._free.remove(found)
                return found
        raise AssertionError(f"no row of {kind} is left")

    def _note(self, name: str, place: int, reason: str) -> None:
        self.planted.add((name, place + 1, reason))

    def _unknown_split(self) -> None:
        """A file with the optional column `split`, in which one row has a word of its own."""
        name, place = self._take(None)
        for number, row in enumerate(self.archive.rows[name]):
            row["split"] = "holdout" if number == place else ""
        self._note(name, place, "wrong_split")

    def _repeat(self) -> None:
        """The same row twice: the later one is the duplicate."""
        name, place = self._take(None)
        rows = self.archive.rows[name]
        rows.append(dict(rows[place]))
        self._note(name, len(rows) - 1, "duplicate_row")

    def _contradict(self) -> None:
        """One picture, two answers: by the same file, and by a copy under another name."""
        for copied in (False, True):
            name, place = self._take("classification")
            rows = self.archive.rows[name]
            other = dict(rows[place]) | {"mask": "1" if rows[place]["mask"] == "0" else "0"}
            if copied:
                content = self.archive.file(other["image_path"]).read_bytes()
                suffix = PurePosixPath(other["image_path"]).suffix
                other["image_path"] = self.archive.save_bytes(f"Copies/twin{suffix}", content)
            rows.append(other)
            self._note(name, place, "conflicting_labels")
            self._note(name, len(rows) - 1, "conflicting_labels")

    def _text_for(self, field: str) -> Callable[[Fields], None]:
        def change(row: Fields) -> None:
            row[field] = self.archive.save_bytes(f"Planted/text of {field}.png", b"no picture")

        return change

    def _cut(self, field: str, suffix: str) -> Callable[[Fields], None]:
        def change(row: Fields) -> None:
            image = cv2.imread(str(self.archive.file(row[field])), cv2.IMREAD_GRAYSCALE)
            assert image is not None
            content = cv2.imencode(suffix, image)[1].tobytes()
            path = f"Planted/cut {field}{suffix}"
            row[field] = self.archive.save_bytes(path, content[: len(content) * 3 // 4])

        return change

    def _mask(self, mask: np.ndarray) -> Callable[[Fields], None]:
        def change(row: Fields) -> None:
            path = f"Planted/mask {mask.shape}.png"
            row["mask_path"] = self.archive.save(path, mask.astype(np.uint8))

        return change

    def _palette(self, row: Fields) -> None:
        mask = PIL.Image.fromarray(np.ones((HEIGHT, WIDTH), np.uint8), "P")
        mask.putpalette([0, 0, 0, 255, 0, 0])
        content = io.BytesIO()
        mask.save(content, "PNG")
        row["mask_path"] = self.archive.save_bytes("Planted/palette.png", content.getvalue())

    def _two_spellings(self, row: Fields) -> None:
        for name in ("IMG 1.png", "img 1.png"):
            self.archive.save(f"Planted/{name}", np.zeros((HEIGHT, WIDTH), np.uint8))
        row["image_path"] = "../Planted/Img 1.png"

    def _name(self, stem: str) -> Callable[[Fields], None]:
        def change(row: Fields) -> None:
            image = PurePosixPath(row["image_path"])
            content = self.archive.file(row["image_path"]).read_bytes()
            path = f"Planted/{image.parent.name}/{stem}{image.suffix}"
            row["image_path"] = self.archive.save_bytes(path, content)

        return change

    def _refuse(self, row: Fields) -> None:
        self.refused.append((row["task_id"], row["image_path"]))
