"""Cases as a folder in the FM_UIA format: tables, images, masks, and what was left out.

The folder is written beside its place and moved there when it is whole. Beside `csv_files/` and
the images it holds `quarantine.csv` and `conversion.json`, and, if the data set publishes images
without their labels, `unlabelled/`: a folder of the same format, for `make submission`.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import StudyError
from pipeline.io.atomic import write_json
from pipeline.io.folders import new_folder
from pipeline.io.images import Image, encode_png
from pipeline.tasks.catalogue import Task, load_catalogue
from pipeline.tasks.challenge import CSV_FOLDER, TASK_NAMES
from pipeline.tasks.convert.cases import Case, Mask
from pipeline.tasks.convert.masks import check_size
from pipeline.tasks.convert.pictures import Picture, read_picture
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.convert.source import Source

UNLABELLED = "unlabelled"
QUARANTINE, SUMMARY = "quarantine.csv", "conversion.json"
# What the suffix of an image's content replaces; any other suffix is a part of the name.
IMAGE_SUFFIX = re.compile(r"\.(?:png|jpe?g|bmp|tiff?|gif|webp|mh[ad]|nii|nii\.gz)$", re.I)
Row = dict[str, object]
# What a label became: a class, a mask, or None where none is published.
Drawn = int | Image | None


def convert(dataset: str, source: Source, cases: Iterable[Case], final: Path) -> dict[str, Any]:
    """Write all cases to the new folder `final`; return the summary that `conversion.json` holds.

    One image is in memory at a time. Raises StudyError when no image can be converted.
    """
    if final.resolve().is_relative_to(source.root.resolve()):
        raise StudyError(f"{final.name}: the target lies in the data set; name another place")
    with new_folder(final) as folder:
        writer = _Writer(dataset, source, folder)
        for case in cases:
            writer.add(case)
        return writer.finish()


class _Writer:
    def __init__(self, dataset: str, source: Source, folder: Path) -> None:
        self._dataset, self._source, self._folder = dataset, source, folder
        self._catalogue = load_catalogue()
        self._rows: dict[str, list[Row]] = {}
        self._taken: set[str] = set()

    def add(self, case: Case) -> None:
        """Write one image, its masks and its rows; what cannot be used is refused."""
        try:
            picture = read_picture(self._source.path(case.image))
        except Refusal as refusal:
            self._source.refuse(case.image, refusal.reason, refusal.detail)
            for label in case.labels.values():
                self._refuse_files(label, Refusal("missing_image", "its image cannot be used"))
            return
        drawn, undrawn = _drawn(case.labels, (picture.height, picture.width))
        for task, why in undrawn.items():
            self._source.refuse(case.image, why.reason, why.detail, task if drawn else "")
            self._refuse_files(case.labels[task], why)
        if drawn:
            self._write(case, picture, drawn)

    def _refuse_files(self, label: int | Mask | None, refusal: Refusal) -> None:
        if isinstance(label, Mask):
            for file in label.files:
                self._source.refuse(file, refusal.reason, refusal.detail)

    def _write(self, case: Case, picture: Picture, drawn: Mapping[str, Drawn]) -> None:
        root = f"{UNLABELLED}/" if all(one is None for one in drawn.values()) else ""
        self._source.use(case.image, "image")
        image = self._free_name(f"{root}{self._dataset}/images/{case.image}", picture.suffixes)
        _write_bytes(self._folder / image, picture.content)
        for task, label in drawn.items():
            given = case.labels[task]
            if isinstance(given, Mask):
                for file in given.files:
                    self._source.use(file, "label")
            row = self._row(self._catalogue[task], root, image, case)
            if self._catalogue[task].type == "classification":
                row["mask"] = label
            else:
                mask = self._free_name(f"{root}{self._dataset}/masks/{case.image}", (".png",))
                row["mask_path"] = f"../{mask.removeprefix(root)}"
                if isinstance(label, np.ndarray):
                    _write_bytes(self._folder / mask, encode_png(label))
            table = f"{root}{CSV_FOLDER}/{self._dataset}.{task}.csv"
            self._rows.setdefault(table, []).append(row)

    def _row(self, task: Task, root: str, image: str, case: Case) -> Row:
        return {
            "task_id": task.id,
            "task_name": TASK_NAMES[task.type],
            "num_classes": task.num_classes,
            "image_path": f"../{image.removeprefix(root)}",
            "patient": case.patient,
            "split": case.split,
        }

    def _free_name(self, name: str, suffixes: tuple[str, ...]) -> str:
        """Return a name with a suffix that fits, unlike any other even where case is ignored."""
        fits = name.lower().endswith(suffixes)
        usual = name if fits else IMAGE_SUFFIX.sub("", name) + suffixes[0]
        numbered = (f"{name}.{number}{suffixes[0]}" for number in count(2))
        candidates = chain((usual, name + suffixes[0]), numbered)
        free = next(one for one in candidates if one.casefold() not in self._taken)
        self._taken.add(free.casefold())
        return free

    def finish(self) -> dict[str, Any]:
        """Write the tables, the refusals and the summary; return the summary."""
        if not self._rows:
            raise StudyError(
                f"no file is in the layout of {self._dataset}, or none can be used; name the "
                "folder that the data set unpacks to"
            )
        self._source.close()
        for table, rows in self._rows.items():
            _write_csv(self._folder / table, [*rows[0]], rows)
        lines = [vars(line) for line in self._source.refused]
        _write_csv(self._folder / QUARANTINE, ["file", "task", "reason", "detail"], lines)
        summary = self._summary()
        write_json(self._folder / SUMMARY, summary)
        return summary

    def _summary(self) -> dict[str, Any]:
        whole = Counter(line.reason for line in self._source.refused if not line.task)
        labels = Counter(line.reason for line in self._source.refused if line.task)
        return {
            "dataset": self._dataset,
            "files_found": len(self._source.found),
            "files_used": dict(sorted(Counter(self._source.used.values()).items())),
            "files_quarantined": dict(sorted(whole.items())),
            "labels_quarantined": dict(sorted(labels.items())),
            "rows": {table: _counts(rows) for table, rows in sorted(self._rows.items())},
        }


def _drawn(
    labels: Mapping[str, int | Mask | None], shape: tuple[int, int]
) -> tuple[dict[str, Drawn], dict[str, Refusal]]:
    """Return the labels that can be used, and why the others cannot, by task."""
    drawn: dict[str, Drawn] = {}
    refusals: dict[str, Refusal] = {}
    for task, label in labels.items():
        try:
            drawn[task] = _mask(label, shape) if isinstance(label, Mask) else label
        except Refusal as refusal:
            refusals[task] = refusal
    return drawn, refusals


def _mask(label: Mask, shape: tuple[int, int]) -> Image:
    if not label.files:
        raise Refusal("missing_mask", "there is no annotation for this image")
    mask = label.draw(shape)
    check_size(mask, shape)
    return mask


def _counts(rows: list[Row]) -> dict[str, Any]:
    return {
        "rows": len(rows),
        "patients": len({row["patient"] for row in rows if row["patient"]}),
        "splits": dict(sorted(Counter(str(row["split"] or "none") for row in rows).items())),
    }


def _write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _write_csv(path: Path, columns: list[str], rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
