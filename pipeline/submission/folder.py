"""A prediction folder while it is being written."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.io.atomic import write_bytes, write_text
from pipeline.io.images import decode_png
from pipeline.submission.layout import JSON_FILES, encode_mask, mask_file
from pipeline.tasks.catalogue import TaskType
from pipeline.tasks.challenge import Row


def json_entry(
    fields: Mapping[str, str], kind: TaskType, answer: Mapping[str, Any], height: int, width: int
) -> dict[str, Any]:
    """Return the JSON object of one prediction (`probs`, `box` or `points`, in pixels)."""
    entry: dict[str, Any] = {"image_path": fields["image_path"], "task_id": fields["task_id"]}
    if kind == "classification":
        probs = answer["probs"]
        return entry | {"predicted_class": int(np.argmax(probs)), "predicted_probs": probs}
    values = answer["box" if kind == "detection" else "points"]
    sides = [width, height] * (len(values) // 2)
    shares = [value / side for value, side in zip(values, sides, strict=True)]
    name = "bbox" if kind == "detection" else "predicted_points"
    return entry | {f"{name}_normalized": shares, f"{name}_pixels": values}


class PredictionFolder:
    """Takes predictions in any order; masks are written at once, JSON files by `finish`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries: dict[TaskType, list[tuple[str, int, dict[str, Any]]]] = defaultdict(list)

    def add(
        self, row: Row, kind: TaskType, answer: Mapping[str, Any], height: int, width: int
    ) -> None:
        """Take a row's prediction: `mask` as PNG, `probs`, `box` or `points`, in pixels."""
        if kind == "segmentation":
            file = mask_file(row.fields["image_path"], row.fields.get("mask_path", ""))
            write_bytes(self._folder / file, encode_mask(decode_png(answer["mask"]), file))
        else:
            entry = json_entry(row.fields, kind, answer, height, width)
            self._entries[kind].append((row.csv, row.number, entry))

    def finish(self) -> None:
        """Write the JSON files, each in the order of the rows."""
        for kind, entries in self._entries.items():
            ordered = [entry for *_, entry in sorted(entries, key=lambda item: item[:2])]
            text = json.dumps(ordered, indent=2, ensure_ascii=False)
            write_text(self._folder / JSON_FILES[kind], text + "\n")
