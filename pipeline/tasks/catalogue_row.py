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
COUNTED = {
    "segmentation": "the classes with the background",
    "classification": "the classes",
    "detection": "the one box of an image",
    "regression": "the landmarks",
}
# Ids and groups are names of folders and of parameters of a network.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def check_columns(file: str, columns: Sequence[str]) -> None:
    """Raise StudyError when a catalogue has a column that means nothing."""
    if unknown := [name for name in columns if name not in {*NEEDED, *DEFAULTS}]:
        raise StudyError(
            f"catalogue: {file}, line 1: unknown column {unknown[0]!r}; known are "
            f"{', '.join((*NEEDED, *DEFAULTS))}"
        )


def check_row(file: str, number: int, raw: Mapping[str | Any, Any]) -> dict[str, str]:
    """Return the row on line `number` with blanks taken off and defaults put in.

    Raises StudyError naming file, line, column and remedy.
    """

    def refuse(field: str, remedy: str) -> StudyError:
        return StudyError(f"catalogue: {file}, line {number}, {field}: {remedy}")

    if None in raw:
        raise refuse(
            "the last column",
            "there are more values than columns; put a value that has a comma in quotes",
        )
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
        allowed = str(fewest) if fewest == most else f"{fewest} to {most}"
        meaning = COUNTED[row["task_type"]]
        return [*faults, ("num_classes", f"give {allowed} for {row['task_type']} ({meaning})")]
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
        named = "name" if row["num_classes"] == "1" else "names with ';' between them"
        return [("labels", f"give {row['num_classes']} {named}, as num_classes says")]
    if "" in labels or len(set(labels)) != len(labels):
        return [("labels", "no name may be empty or given twice")]
    if row["task_type"] == "segmentation" and labels[0] != "background":
        return [("labels", "the first class of segmentation is background")]
    return []


def _is_name(text: str) -> bool:
    return NAME.fullmatch(text) is not None
