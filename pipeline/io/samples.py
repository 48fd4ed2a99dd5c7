"""Labelled task shards as arrays of one size, in memory.

Memory grows with the images of one unit: image_size squared bytes each (plus as much again for
a mask), so 50,000 images of 224 px take 2.5 GB. Larger sets need a streaming reader.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.errors import StudyError
from pipeline.io.images import Image, decode_png, resize_image, resize_labels, to_grey
from pipeline.io.shards import read_shard

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class TaskSamples:
    """The images of one task and whatever labels it has, row by row.

    Images and masks are squashed to one square size; boxes and points are fractions of the
    native width and height, which `sizes_N2` keeps as (height, width). A missing point, given
    as [0, 0] in the challenge's tables, has `visible_NK` false. `classes` are what an image shows
    an example of: its class, the foreground classes of its mask before it was resized, or its
    annotated landmarks.
    """

    keys: tuple[str, ...]
    groups: tuple[str, ...]
    sizes_N2: npt.NDArray[np.int64]
    images_NHW: npt.NDArray[np.uint8]
    labels_N: npt.NDArray[np.int64] | None = None
    boxes_N4: Floats | None = None
    points_NK2: Floats | None = None
    visible_NK: npt.NDArray[np.bool_] | None = None
    masks_NHW: npt.NDArray[np.uint8] | None = None
    classes: tuple[frozenset[int], ...] = ()

    def __len__(self) -> int:
        return len(self.keys)

    def with_targets_of(self, rows: Sequence[int]) -> "TaskSamples":
        """Return the same images, each with the labels of another row."""
        index = np.asarray(rows)

        def pick(array: Any) -> Any:
            return None if array is None else array[index]

        return replace(
            self,
            labels_N=pick(self.labels_N),
            boxes_N4=pick(self.boxes_N4),
            points_NK2=pick(self.points_NK2),
            visible_NK=pick(self.visible_NK),
            masks_NHW=pick(self.masks_NHW),
            classes=tuple(self.classes[row] for row in rows) if self.classes else (),
        )

    def select(self, rows: Sequence[int]) -> "TaskSamples":
        """Return the samples at `rows`, in that order."""
        index = np.asarray(rows, dtype=np.int64)
        return replace(
            self.with_targets_of(rows),
            keys=tuple(self.keys[row] for row in index),
            groups=tuple(self.groups[row] for row in index),
            sizes_N2=self.sizes_N2[index],
            images_NHW=self.images_NHW[index],
        )


def _classes(row: dict[str, Any], mask: Image | None) -> frozenset[int]:
    """Return what a label shows an example of: nothing if there is none, or only a box."""
    if "label" in row:
        return frozenset({int(row["label"])})
    if "points" in row:
        return frozenset(place for place, point in enumerate(row["points"]) if any(point))
    if mask is None:
        return frozenset()
    return frozenset(np.flatnonzero(np.bincount(mask.ravel())).tolist()) - {0}


def _stack(rows: list[dict[str, Any]], name: str, kind: Any) -> Any:
    if name not in rows[0]:
        return None
    return np.stack([np.asarray(row[name]) for row in rows]).astype(kind)


def _to_samples(rows: list[dict[str, Any]]) -> TaskSamples:
    sizes_N2 = np.array([(row["height"], row["width"]) for row in rows], np.int64)
    boxes, points = _stack(rows, "box", np.float32), _stack(rows, "points", np.float32)
    scale_N2 = sizes_N2[:, ::-1].astype(np.float32)
    return TaskSamples(
        keys=tuple(row["key"] for row in rows),
        groups=tuple(str(row["group"]) for row in rows),
        sizes_N2=sizes_N2,
        images_NHW=np.stack([row["image"] for row in rows]),
        labels_N=_stack(rows, "label", np.int64),
        boxes_N4=None if boxes is None else boxes / np.tile(scale_N2, 2),
        points_NK2=None if points is None else points / scale_N2[:, None],
        visible_NK=None if points is None else (points != 0).any(axis=2),
        masks_NHW=_stack(rows, "mask", np.uint8),
        classes=tuple(row["classes"] for row in rows),
    )


def read_samples(paths: Sequence[Path], image_size: int) -> dict[str, TaskSamples]:
    """Read task shards, grey and squashed to `image_size`, by task id in order of appearance.

    Raises StudyError when the shards hold no sample.
    """
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in paths:
        for key, parts in read_shard(path):
            row: dict[str, Any] = json.loads(parts["json"])
            image = to_grey(decode_png(parts["image.png"]))
            row |= {"key": key, "image": resize_image(image, image_size, image_size)}
            mask = to_grey(decode_png(parts["mask.png"])) if "mask.png" in parts else None
            row["classes"] = _classes(row, mask)
            if mask is not None:
                row["mask"] = resize_labels(mask, image_size, image_size)
            rows[row["task"]].append(row)
    if not rows:
        raise StudyError(f"{paths[0]}: the task shards hold no sample; rebuild the tasks phase")
    return {task: _to_samples(samples) for task, samples in rows.items()}
