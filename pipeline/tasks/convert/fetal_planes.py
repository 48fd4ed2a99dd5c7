"""FETAL_PLANES_DB (Burgos-Artizzu et al., Sci Rep 2020, zenodo.org/records/3904280), 12,400 images.

Read: `Images/Patient00001_Plane1_1_of_15.png` and the semicolon table `FETAL_PLANES_DB_data.csv`
with Image_name (without suffix), Patient_num, Plane and Train (1 or 0; the published header ends in
a blank). Without the table, the plane's number in the name is the class; the two agree for all
published images, as the table's copy in github.com/jakobamb/UltraDINO shows. The table's twin in
Excel format is not needed.

Splits: `official`, the table's two halves, or `ultradino`, the rule of UltraDINO (arXiv
2506.19552): the test half stays, and 20 % of the patients of the training half become val. How its
authors drew those is not published; name the folder with their `train_split.csv`, `val_split.csv`
and `test_split.csv` to have exactly theirs (5,804, 1,325 and 5,271 images).
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import StudyError
from pipeline.io.hashing import sha256_bytes
from pipeline.tasks.convert.cases import Case, Split, class_index, note_split
from pipeline.tasks.convert.source import Source

TASK = "fetal_plane_cls"
IMAGE = re.compile(r"(?:^|/)(Patient(\d+)_Plane(\d)_\d+_of_\d+)\.(?:png|jpe?g|bmp|tiff?)$", re.I)
TABLE = re.compile(r"(?:^|/)FETAL_PLANES_DB_data\.csv$", re.I)
TWIN = re.compile(r"(?:^|/)FETAL_PLANES_DB_data\.xlsx$", re.I)
COLUMNS = ("Image_name", "Patient_num", "Plane", "Train")
# The table's word, its number in file names, and the challenge's class.
PLANES = {
    "other": ("1", "other"),
    "fetal abdomen": ("2", "abdomen"),
    "fetal brain": ("3", "brain"),
    "maternal cervix": ("4", "maternal_cervix"),
    "fetal femur": ("5", "femur"),
    "fetal thorax": ("6", "thorax"),
}
CLASS_OF_NUMBER = dict(PLANES.values())
VAL_SHARE = 0.2
SPLITS: tuple[Split, ...] = ("train", "val", "test")


class Row(NamedTuple):
    """A usable row of the table."""

    patient: int
    plane: str
    train: bool


def cases(source: Source, rule: str = "official") -> Iterator[Case]:
    """Yield every image that has a plane; `rule` is official, ultradino, or a folder of lists."""
    images: dict[str, tuple[str, re.Match[str]]] = {}
    for file, match in source.matching(IMAGE):
        if match[1].casefold() in images:
            source.refuse(file, "duplicate_name", "another file is this image too")
        else:
            images[match[1].casefold()] = (file, match)
    for file, _ in source.matching(TWIN):
        source.refuse(file, "not_converted", "the same table as the CSV file")
    table = next((file for file, _ in source.matching(TABLE)), None)
    rows = None if table is None else _rows(source, table, images)
    splits = _splits(rows, rule)
    for name, (file, match) in images.items():
        if rows is not None and name not in rows:
            source.refuse(file, "not_listed", "the table has no usable row for this image")
            continue
        patient = int(match[2]) if rows is None else rows[name].patient
        number = match[3] if rows is None else PLANES[rows[name].plane][0]
        if number != match[3] or patient != int(match[2]):
            source.refuse(file, "label_conflict", "the name tells another plane or patient")
            continue
        if number not in CLASS_OF_NUMBER:
            source.refuse(file, "bad_row", "the name tells no known plane")
            continue
        label = class_index(TASK, CLASS_OF_NUMBER[number])
        yield Case(file, {TASK: label}, f"fetal_planes:{patient}", splits.get(name, ""))


def _rows(source: Source, table: str, images: Mapping[str, object]) -> dict[str, Row]:
    """Return the usable rows by image name; the others are refused with their number."""
    found: dict[str, list[Row]] = defaultdict(list)
    for number, fields in source.rows(table, COLUMNS):
        name, plane = fields["Image_name"].casefold(), fields["Plane"].casefold()
        if name not in images:
            source.refuse(table, "missing_image", f"row {number}: no such image", TASK)
        elif plane not in PLANES or fields["Train"] not in {"0", "1"}:
            source.refuse(table, "bad_row", f"row {number}: Plane or Train is unknown", TASK)
        elif not fields["Patient_num"].isdecimal():
            source.refuse(table, "bad_row", f"row {number}: Patient_num is no number", TASK)
        else:
            row = Row(int(fields["Patient_num"]), plane, fields["Train"] == "1")
            if row in found[name]:
                source.refuse(table, "duplicate_row", f"row {number}: listed before", TASK)
            found[name].append(row)
    conflicting = {name for name, rows in found.items() if len(set(rows)) > 1}
    for name in sorted(conflicting):
        source.refuse(table, "conflicting_rows", f"rows disagree on {name}", TASK)
    return {name: rows[0] for name, rows in found.items() if name not in conflicting}


def _splits(rows: Mapping[str, Row] | None, rule: str) -> dict[str, Split]:
    if rule not in {"official", "ultradino"}:
        return _listed_splits(Path(rule))
    if rows is None:
        if rule == "ultradino":
            raise StudyError(
                "--split ultradino needs FETAL_PLANES_DB_data.csv; add it to the data set's folder"
            )
        return {}
    if rule == "official":
        return {name: "train" if row.train else "test" for name, row in rows.items()}
    return ultradino_splits(rows)


def ultradino_splits(rows: Mapping[str, Row]) -> dict[str, Split]:
    """Return the split of each image: the test half stays, val is cut from the other by patient.

    A patient with an image in the test half is a test patient, so that none is in two splits.
    """
    tested = {row.patient for row in rows.values() if not row.train}
    rest = {row.patient for row in rows.values()} - tested
    drawn = sorted(rest, key=lambda patient: sha256_bytes(str(patient).encode()))
    val = set(drawn[: math.ceil(VAL_SHARE * len(drawn))])

    def split(row: Row) -> Split:
        if row.patient in tested:
            return "test"
        return "val" if row.patient in val else "train"

    return {name: split(row) for name, row in rows.items()}


def _listed_splits(folder: Path) -> dict[str, Split]:
    """Read UltraDINO's three published lists."""
    lists = Source(folder)
    splits: dict[str, Split] = {}
    for name in SPLITS:
        file = lists.find(f"{name}_split.csv")
        if file is None:
            raise StudyError(f"--split: the folder lacks {name}_split.csv")
        for _, fields in lists.rows(file, ("Image_name",)):
            note_split(splits, fields["Image_name"].casefold(), name, file)
    return splits
