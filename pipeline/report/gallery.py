"""Sample test images with the truth and a model's prediction drawn over them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline.io.images import Image, decode_png, resize_image, to_grey
from pipeline.io.pages import data_uri
from pipeline.io.predictions import PREDICTIONS
from pipeline.io.shards import read_shard
from pipeline.io.tables import read_arrow
from pipeline.report.overlay import Shape, box_shape, landmark_shapes, mask_shapes
from pipeline.report.words import readable
from pipeline.tasks.catalogue import Task
from pipeline.tasks.tables import TEST_LABELS

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """A class as told by the truth and by the model, with the model's probability."""

    truth: str
    predicted: str
    probability: float

    @property
    def right(self) -> bool:
        """Whether both name the same class."""
        return self.truth == self.predicted


@dataclass(frozen=True)
class Picture:
    """One image as a data URI, its native size, and what is drawn over or told below it."""

    uri: str
    height: int
    width: int
    shapes: tuple[Shape, ...]
    verdict: Verdict | None

    @property
    def side(self) -> int:
        """Side of the square in which the image is centred."""
        return max(self.height, self.width)

    @property
    def left(self) -> float:
        """Where the square starts, left of the image."""
        return (self.width - self.side) / 2

    @property
    def top(self) -> float:
        """Where the square starts, above the image."""
        return (self.height - self.side) / 2


@dataclass(frozen=True)
class TaskPictures:
    """The pictures of one task."""

    task: Task
    pictures: tuple[Picture, ...]


def _image_uri(image: Image, longest: int) -> str:
    height, width = image.shape[:2]
    scale = longest / max(height, width)
    if scale < 1:
        image = resize_image(image, max(round(height * scale), 1), max(round(width * scale), 1))
    return data_uri(image)


def _verdict(task: Task, truth: Row, predicted: Row) -> Verdict:
    probs = list(predicted["probs"])
    winner = probs.index(max(probs))
    return Verdict(
        readable(task.labels[int(truth["label"])]),
        readable(task.labels[winner]),
        float(probs[winner]),
    )


def _shapes(task: Task, truth: Row, predicted: Row, longest: int) -> list[Shape]:
    labels = [readable(label) for label in task.labels]
    match task.type:
        case "segmentation":
            true_mask = to_grey(decode_png(truth["mask"]))
            predicted_mask = to_grey(decode_png(predicted["mask"]))
            return [
                *mask_shapes(true_mask, "truth", labels),
                *mask_shapes(predicted_mask, "prediction", labels),
            ]
        case "detection":
            return [
                box_shape(truth["box"], "truth", labels[0]),
                box_shape(predicted["box"], "prediction", labels[0]),
            ]
        case "regression":
            return landmark_shapes(truth["points"], predicted["points"], labels, longest)
        case "classification":
            return []


def _picture(task: Task, image: Image, truth: Row, predicted: Row, longest: int) -> Picture:
    height, width = image.shape[:2]
    return Picture(
        uri=_image_uri(image, longest),
        height=height,
        width=width,
        shapes=tuple(_shapes(task, truth, predicted, max(height, width))),
        verdict=_verdict(task, truth, predicted) if task.type == "classification" else None,
    )


def _by_sample(paths: Sequence[Path], schema: pa.Schema) -> dict[tuple[str, str], Row]:
    rows = (row for path in paths for row in read_arrow(path, schema).to_pylist())
    return {(row["task"], row["sample"]): row for row in rows}


def build_gallery(
    tasks: Mapping[str, Task],
    images: Sequence[Path],
    labels: Sequence[Path],
    predictions: Sequence[Path],
    samples: int,
    longest: int,
) -> list[TaskPictures]:
    """Return the first `samples` test images of every task, in the tasks' order.

    The first are taken, not the best: shards are in the order of their keys, which are digests.
    `images` are the tasks' test shards, `labels` their test labels, and `predictions` those of
    the models to show; an image without a prediction is left out. Pictures are shrunk to
    `longest` pixels.
    """
    if not samples:
        return []
    truths = _by_sample(labels, TEST_LABELS)
    answers = _by_sample(predictions, PREDICTIONS)
    pictures: dict[str, list[Picture]] = {task: [] for task in tasks}
    for path in images:
        for key, parts in islice(read_shard(path), samples):
            task = tasks[json.loads(parts["json"])["task"]]
            truth, answer = truths.get((task.id, key)), answers.get((task.id, key))
            if truth is None or answer is None:
                continue
            image = decode_png(parts["image.png"])
            pictures[task.id].append(_picture(task, image, truth, answer, longest))
    return [TaskPictures(tasks[name], tuple(found)) for name, found in pictures.items() if found]
