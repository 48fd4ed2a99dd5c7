"""Checks of one row of a task catalogue, with the remedy in the error."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.errors import StudyError

# What a row of the user's own may leave out or empty, and what is taken then.
DEFAULTS = {
    "group_basis": "assumption",
    "labels_basis": "assumption",
    "dataset": "own",
    "dataset_basis": "reported",
    "licence": "not checked",
    "train_images": "0",
    "train_images_basis": "unknown",
}
NEEDED = (
    "task_id",
    "task_type",
    "num_classes",
    "organ",
    "clinical_group",
    "labels",
    "mirror_safe",
)
BASES = ("paper", "reported", "inferred", "counted", "estimated", "assumption", "unknown")
FEWEST_CLASSES = {"segmentation": 2, "classification": 2, "detection": 1, "regression": 1}
MOST_CLASSES = {"segmentation": 255, "classification": 1000, "detection": 1, "regression": 100}
# Ids and groups are names of folders and of parameters of a network.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def check_row(
    file: str, number: int, columns: Sequence[str], raw: Mapping[str | Any, Any]
) -> dict[str, str]:
    """Return the row with blanks taken off and defaults put in.

    Raises StudyError naming file, row, field and remedy.
    """

    def refuse(field: str, remedy: str) -> StudyError:
        return StudyError(f"catalogue: {file}, row {number}, {field}: {remedy}")

    if missing := [name for name in NEEDED if name not in columns]:
        raise StudyError(
            f"catalogue: {file}: columns {', '.join(missing)} are missing; "
            "pipeline/tasks/catalogue.csv shows how a catalogue looks"
        )
    if None in raw:
        raise refuse("the last column", "there are more values than columns; quote commas")
    if unknown := sorted(set(columns) - set(NEEDED) - set(DEFAULTS)):
        raise refuse(unknown[0], f"unknown column; known are {', '.join((*NEEDED, *DEFAULTS))}")
    row = {name: (raw.get(name) or "").strip() for name in (*NEEDED, *DEFAULTS)}
    row = {name: text or DEFAULTS.get(name, "") for name, text in row.items()}
    for field, remedy in _faults(row):
        raise refuse(field, f"{row[field]!r} is not allowed: {remedy}")
    return row


def _faults(row: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return (field, remedy) of everything wrong with a row."""
    name = "start with a letter, then letters, digits, '_' or '-'"
    faults = [(field, name) for field in ("task_id", "clinical_group") if not _is_name(row[field])]
    faults += [("organ", "name it")] if not row["organ"] else []
    if row["task_type"] not in FEWEST_CLASSES:
        return [*faults, ("task_type", f"give one of {', '.join(FEWEST_CLASSES)}")]
    fewest, most = FEWEST_CLASSES[row["task_type"]], MOST_CLASSES[row["task_type"]]
    if not (row["num_classes"].isdecimal() and fewest <= int(row["num_classes"]) <= most):
        return [*faults, ("num_classes", f"give {fewest} to {most} for {row['task_type']}")]
    if row["mirror_safe"] not in ("yes", "no"):
        faults.append(("mirror_safe", "give yes or no"))
    faults += [
        (field, f"give one of {', '.join(BASES)}")
        for field in sorted(DEFAULTS)
        if field.endswith("_basis") and row[field] not in BASES
    ]
    if not row["train_images"].isdecimal():
        faults.append(("train_images", "give a whole number, 0 if unknown"))
    return faults + _label_faults(row)


def _label_faults(row: Mapping[str, str]) -> list[tuple[str, str]]:
    labels = [label.strip() for label in row["labels"].split(";")]
    if len(labels) != int(row["num_classes"]):
        return [("labels", f"give {row['num_classes']} names with ';' between them")]
    if "" in labels or len(set(labels)) != len(labels):
        return [("labels", "no name may be empty or given twice")]
    if row["task_type"] == "segmentation" and labels[0] != "background":
        return [("labels", "the first class of segmentation is background")]
    return []


def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None
