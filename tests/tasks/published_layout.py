"""The challenge archive in miniature: its real CSV names, folders and kinds of file names.

Folders and names are those of the image paths that an entrant's published prediction files list
(jarajara25/Challenge-FMC-UIA); the mask folders are ours. Images are speckle of 24 x 20 pixels.
"""
# ruff: noqa: E501 - paths stay as they were published

import csv
import json
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task, load_catalogue
from tests.challenge_layout import speckle

TASKS = load_catalogue()
TWO = "Segmentation/Two"
HEIGHT, WIDTH = 20, 24


class Table(NamedTuple):
    """One CSV: its task, and how its images are called; `{n}` is a running number."""

    csv: str
    task: str
    images: str


def _fetal(n: int, patients: int = 500) -> str:
    """Return a FETAL_PLANES_DB name of the official training half."""
    return f"Patient{661 + n % patients:05d}_Plane{n % 6 + 1}_{n // patients + 1}_of_9"


TABLES = (
    Table("Reg-Two_1.FUGC", "FUGC", "Regression/2022153475/FUGC (Dataset)/dataset/part3/images/{n:04d}.png"),
    Table("Reg-Three_2.IUGC", "IUGC", "Regression/24+25dataset/4000+700/4000part1_512/image_jpg/{n:05d}.jpg"),
    Table("Reg-Two_3.fetal_femur", "fetal_femur", "Regression/Two/fetal_femur/{fetal}.png"),
    Table("Cls-Two_2.BUSI-WHU_Dataset_927", "breast_2cls", f"{TWO}/Breast_Cancer_Ultrasound_Image_Dataset_BUSI_WHU_927/BUSI-WHU/img/{{n:05d}}.bmp"),
    Table("Cls-Three_1.BUS-UCLM_Dataset_683", "breast_3cls", f"{TWO}/Breast_ultrasound_lesion_segmentation_dataset_683/BUS-UCLM/normal/images/{{n}}.png"),
    Table("Cls-Three_2.BUSI_Dataset_780", "breast_3cls", f"{TWO}/Dataset_of_breast_ultrasound_images_780/Dataset_BUSI_with_GT/benign/images/benign ({{n}}).png"),
    Table("Cls-Eight_1.Head_Position", "fetal_head_pos_cls", "Classification/Eight/Head_Position/Left_Occipital_Anterior/24101{n:07d}.zhc_150.jpg"),
    Table("Cls-Six_2.FETAL_PLANES_ZENODO_12,400", "fetal_plane_cls", "Classification/Six/FETAL_PLANES_ZENODO_12,400/images/{fetal}.png"),
    Table("Cls-Eight_2.Sacral_Position", "fetal_sacral_pos_cls", "Classification/Eight/Sacral_Position/Left_Sacral_Transverse/25050{n:07d}.zhc_80.jpg"),
    Table("Cls-Two_1.HCC_Hemangioma_5466", "liver_lesion_2cls", "Classification/Two/HCC_Hemangioma_5466/train_2/HCC/HCC__{n}.jpg"),
    Table("Cls-Two_3.Lung_Dataset_2756", "lung_2cls", f"{TWO}/Lung_Ultrasound_Dataset_2756/Images/2024051{{n:07d}}_1.png"),
    Table("Cls-Three_3.LUIFA_Dataset", "lung_disease_3cls", "Classification/Three/A_Dataset_of_Lung_Ultrasound_Images_for_Automated/images/covid/RT_UPPER_LAT_LONG-{n}_30_11.jpeg"),
    Table("Cls-Six_1.USAnotAI-master_Dataset", "organ_cls", "Classification/Six/USAnotAI-master/images/liver-{n:04d}.png"),
    Table("Det-One_1.spinal", "spinal_cord_injury_loc", "Detection/One/Ultrasound spinal cord dataset_2,245/Injury localization dataset/Injury localization dataset/part1/scaled-dicom-{n}.png"),
    Table("Det-One_2.TN5000", "thyroid_nodule_det", "Detection/One/Thyroid Nodule Detection and Classification_5,000/TN5000_forReview/JPEGImages/{n:06d}.jpg"),
    Table("Det-One_3.fibroid", "uterine_fibroid_det", "Detection/One/uterine fibroid\N{NO-BREAK SPACE}ultrasound images_871/JPEGImages/1.2.826.0.1.{n}.jpg"),
    Table("Seg-Two_1.BUSI-WHU", "breast_lesion", f"{TWO}/Breast_Cancer_Ultrasound_Image_Dataset_BUSI_WHU_927/BUSI-WHU/img/{{n:05d}}.bmp"),
    Table("Seg-Four_1.CAMUS", "cardiac_multi", "Segmentation/Four/CAMUS/IMAGES/patient{n:04d}_2CH_ED.png"),
    Table("Seg-Two_2.carotid", "carotid_artery", f"{TWO}/Common Carotid Artery Ultrasound Images/US images/{{n}}.png"),
    Table("Seg-Two_3.cervix", "cervix", f"{TWO}/cervix/IMAGES/{{n}}.PNG"),
    Table("Seg-Three_1.cervix", "cervix_multi", "Segmentation/Three/cervix/IMAGES/{n:04d}.png"),
    Table("Seg-Five_1.FASS", "fetal_abdomen_multi", "Segmentation/Five/FASS/IMAGES/P{n}_IMG.png"),
    Table("Seg-Two_4.head", "fetal_head", f"{TWO}/fetal_head/IMAGES/{{n}}_HC.png"),
    Table("Seg-Two_5.heart", "fetal_heart", f"{TWO}/fetal_heart/IMAGES/{{n}}.jpg"),
    Table("Seg-Three_2.PSFHS", "head_symphysis_multi", "Segmentation/Three/PSFHS/IMAGES/{n:05d}.png"),
    Table("Seg-Two_6.lung", "lung", f"{TWO}/Lung_Ultrasound_Dataset_2756/Images/2024051{{n:07d}}_1.png"),
    Table("Seg-Two_7.MMOTU", "ovary_tumor", f"{TWO}/MMOTU/IMAGES/{{n}}.JPG"),
    Table("Seg-Two_8.TN3K", "thyroid_nodule", f"{TWO}/TN3K/IMAGES/{{n:04d}}.jpg"),
)  # fmt: skip

Fields = dict[str, str]


class PublishedArchive:
    """Rows of every CSV, which may be changed until `write`; images are there from the start."""

    def __init__(self, root: Path, images: int) -> None:
        self.root = root
        self.rows: dict[str, list[Fields]] = {}
        self.malformed: set[tuple[str, int]] = set()
        for place, table in enumerate(TABLES):
            # Tables that share their folder share their images, as in the archive.
            first = next(i for i, other in enumerate(TABLES) if other.images == table.images)
            self.rows[f"{table.csv}.csv"] = [
                self._row(TASKS[table.task], table, first, place, number)
                for number in range(images)
            ]

    def _row(self, task: Task, table: Table, first: int, place: int, number: int) -> Fields:
        image = table.images.format(n=number, fetal=_fetal(number))
        if place == first:
            self.save(image, speckle(100_000 * place + number, HEIGHT, WIDTH))
        row = {
            "task_id": task.id,
            "task_name": "Regression" if task.type == "regression" else task.type,
            # Whole numbers become such when pandas meets an empty cell in the column.
            "num_classes": f"{task.num_classes}.0" if place % 2 else str(task.num_classes),
            "image_path": f"../{image}",
        }
        return row | self._label(task, table, number)

    def _label(self, task: Task, table: Table, number: int) -> Fields:
        match task.type:
            case "segmentation":
                mask = np.zeros((HEIGHT, WIDTH), np.uint8)
                for index in range(1, task.num_classes):
                    mask[2 * index : 2 * index + 2, 3 : 9 + number % 4] = index
                path = f"Segmentation/MASKS/{table.csv}, masks/{number % 4}.png"
                return {"mask_path": self.save(path, mask) if number < 4 else f"../{path}"}
            case "classification":
                return {"mask": str(number % task.num_classes)}
            case "detection":
                box = ("2", "3", str(9.5 + number % 3), "11.0")
                return dict(zip(("x_min", "y_min", "x_max", "y_max"), box, strict=True))
            case "regression":
                points = [[4.25 + number % 5, 2.0 + index] for index in range(task.num_classes)]
                return {f"point_{k}_xy": json.dumps(xy) for k, xy in enumerate(points, start=1)}

    def save(self, path: str, image: Image) -> str:
        """Write an image below the root and return its path as a CSV file gives it."""
        return self.save_bytes(path, cv2.imencode(Path(path).suffix, image)[1].tobytes())

    def save_bytes(self, path: str, content: bytes) -> str:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return f"../{path}"

    def file(self, path: str) -> Path:
        """Return the file that a path of a CSV names."""
        return self.root / path.removeprefix("../")

    def write(self) -> Path:
        """Write the CSV files: some with a byte order mark, some with CRLF; return the root."""
        folder = self.root / "csv_files"
        folder.mkdir(parents=True, exist_ok=True)
        for place, (name, rows) in enumerate(self.rows.items()):
            columns = list(dict.fromkeys(field for row in rows for field in row))
            encoding = "utf-8-sig" if place % 3 == 0 else "utf-8"
            end = "\r\n" if place % 4 == 0 else "\n"
            with (folder / name).open("w", newline="", encoding=encoding) as handle:
                writer = csv.writer(handle, lineterminator=end)
                writer.writerow(columns)
                for number, row in enumerate(rows, start=1):
                    extra = ["one more"] if (name, number) in self.malformed else []
                    writer.writerow([row.get(column, "") for column in columns] + extra)
        return self.root
