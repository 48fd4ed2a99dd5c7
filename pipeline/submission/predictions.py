"""A challenge team's prediction folder, read as the challenge's `evaluate.py` reads it.

Of several predictions for one image the last counts. One that is not of the right form, on which
`evaluate.py` fails, counts as missing.
"""

import json
from collections import Counter
from collections.abc import Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from pipeline.errors import StudyError
from pipeline.io.images import encode_png
from pipeline.submission.layout import JSON_FILES, mask_file, read_mask
from pipeline.submission.truth import TrueTask
from pipeline.tasks.catalogue import TaskType
from pipeline.tasks.defects import Defect

Row = dict[str, Any]
LARGEST_CLASS = 2**53  # beyond it floats skip whole numbers


def _numbers(value: object) -> list[float] | None:
    """Return a JSON list of numbers, or None if it is something else.

    NaN is a number, and so is a truth value, as Python and NumPy count with them.
    """
    if not isinstance(value, list) or any(not isinstance(one, int | float) for one in value):
        return None
    try:
        return [float(one) for one in value]
    except OverflowError:  # a whole number beyond any float
        return None


def _class(entry: Row) -> Row | None:
    guess = _numbers([entry["predicted_class"]])
    if guess is None or abs(guess[0]) > LARGEST_CLASS or guess[0] != guess[0] // 1:
        return None
    return {"guess": int(guess[0]), "probs": _numbers(entry.get("predicted_probs"))}


def _box(entry: Row) -> Row | None:
    box = _numbers(entry["bbox_pixels"])
    return {"box": box} if box and len(box) == 4 else None


def _points(entry: Row, landmarks: int) -> Row | None:
    """Return the landmarks, given as one list or as pairs, which NumPy reshapes in `evaluate.py`.

    One alone stands for all, as NumPy has it there.
    """
    given = entry["predicted_points_pixels"]
    if isinstance(given, list) and all(isinstance(one, list) and len(one) == 2 for one in given):
        given = [*chain(*given)]
    points = _numbers(given)
    if points and len(points) == 2:
        points = points * landmarks
    return {"points": points} if points and len(points) == 2 * landmarks else None


class PredictionSet:
    """The predictions of a folder; `unusable` counts by reason those that are not scored."""

    def __init__(self, folder: Path) -> None:
        """Read the JSON files; raise StudyError when there is no folder or one is not JSON."""
        if not folder.is_dir():
            raise StudyError(f"PREDICTIONS: {folder} is not a folder")
        self._folder = folder
        self.unusable: Counter[str] = Counter()
        self._entries = {kind: self._read(folder / name) for kind, name in JSON_FILES.items()}

    def _read(self, path: Path) -> dict[tuple[str, str], Row]:
        if not path.is_file():
            return {}
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            found = {(entry["task_id"], entry["image_path"]): entry for entry in entries}
        except (ValueError, KeyError, TypeError):
            raise StudyError(
                f"{path.name}: not a JSON list of objects with task_id and image_path"
            ) from None
        self.unusable["given_twice"] += len(entries) - len(found)
        return found

    def of_row(self, task: TrueTask, row: Mapping[str, Any]) -> Row | None:
        """Return the prediction for a row of `truth_of`, or None if there is no usable one."""
        if task.type == "segmentation":
            return self._mask(row)
        entry = self._entries[task.type].get((task.id, row["image_path"]))
        if entry is None:
            return None
        try:
            answer = self._parsed(task.type, entry, task.num_classes)
        except KeyError:
            answer = None
        self.unusable["malformed"] += answer is None
        return answer

    def _parsed(self, kind: TaskType, entry: Row, landmarks: int) -> Row | None:
        if kind == "classification":
            return _class(entry)
        return _box(entry) if kind == "detection" else _points(entry, landmarks)

    def _mask(self, row: Mapping[str, Any]) -> Row | None:
        try:
            path = self._folder / mask_file(row["image_path"], row["mask_path"])
        except Defect:
            self.unusable["path_outside"] += 1
            return None
        if not path.is_file():
            return None
        mask = read_mask(path)
        self.unusable["unreadable_mask"] += mask is None
        return None if mask is None else {"mask": encode_png(mask)}
