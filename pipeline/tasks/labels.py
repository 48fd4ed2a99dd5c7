"""The label of one row as the challenge writes it: a class, a box or landmarks, checked.

Source: dataset.py of lijiake2408/Foundation-Model-Challenge-for-Ultrasound-Image-Analysis: the
class stands in the column `mask`; boxes and landmarks are pixels of the original image, each
landmark a JSON list "[x, y]"; a landmark that is missing is [0, 0]; an empty cell is what pandas
takes for one.
"""

import json
import math
from dataclasses import dataclass
from typing import Literal

from pipeline.tasks.catalogue import Task
from pipeline.tasks.challenge import Row
from pipeline.tasks.defects import Defect

BOX_COLUMNS = ("x_min", "y_min", "x_max", "y_max")
# What pandas.read_csv takes for an empty cell, of what a label's column may hold.
EMPTY = {"", "nan", "-nan", "na", "n/a", "<na>", "null", "none", "#n/a"}
NO_POINT = (0.0, 0.0)
# A box or landmark of no more than so many pixels must be given as shares of the image.
LARGEST_SHARE = 1.0

Point = tuple[float, float]


@dataclass(frozen=True)
class LabelRules:
    """What becomes of labels that are right in another convention (see TasksParams)."""

    normalised_coordinates: Literal["quarantine", "convert"]
    missing_landmarks: Literal["keep", "quarantine"]


@dataclass(frozen=True)
class Size:
    """Height and width of an image in pixels."""

    height: int
    width: int


def is_empty(text: str) -> bool:
    """Say whether a cell holds nothing, as pandas sees it."""
    return text.strip().lower() in EMPTY


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Defect("not_numeric", "a label is not a number") from None
    if not math.isfinite(value):
        raise Defect("not_numeric", "a label is not finite")
    return value


def class_index(row: Row, task: Task) -> int:
    """Return the class of a classification row; raise Defect when it is none of the task's."""
    text = row.text("mask")
    if is_empty(text):
        raise Defect("no_label", "the column mask, which holds the class, is empty")
    value = _number(text)
    if value != int(value):
        raise Defect("class_not_whole", "the class is not a whole number")
    if not 0 <= value < task.num_classes:
        raise Defect("class_out_of_range", f"the class is not in 0..{task.num_classes - 1}")
    return int(value)


def box(row: Row, size: Size, rules: LabelRules) -> tuple[float, ...]:
    """Return x0, y0, x1, y1 in pixels; raise Defect when that is no box within the image."""
    texts = [row.text(name) for name in BOX_COLUMNS]
    if all(map(is_empty, texts)):
        raise Defect("no_label", "the four columns of the box are empty")
    if any(map(is_empty, texts)):
        raise Defect("box_incomplete", "some of the four columns of the box are empty")
    corners = [_number(text) for text in texts]
    if _is_normalised(corners):
        corners = _to_pixels(corners, size, rules)
    x0, y0, x1, y1 = corners
    if x0 > x1 or y0 > y1:
        raise Defect("box_reversed", "x_min is greater than x_max, or y_min than y_max")
    if x0 == x1 or y0 == y1:
        raise Defect("box_empty", "the box has no area")
    if min(x0, y0) < 0 or x1 > size.width or y1 > size.height:
        raise Defect("box_outside", "the box leaves the image")
    return (x0, y0, x1, y1)


def points(row: Row, task: Task, size: Size, rules: LabelRules) -> tuple[Point, ...]:
    """Return each landmark's x, y in pixels, NO_POINT where it is missing.

    Raises Defect when one is no point of the image, or none is annotated.
    """
    names = [f"point_{number}_xy" for number in range(1, task.num_classes + 1)]
    found = [_point(row.text(name)) for name in names]
    given = [value for point in found if point != NO_POINT for value in point]
    if not given:
        raise Defect("no_label", "no landmark is annotated")
    if rules.missing_landmarks == "quarantine" and NO_POINT in found:
        raise Defect("landmark_missing", "a landmark is not annotated")
    if _is_normalised(given):
        values = _to_pixels([value for point in found for value in point], size, rules)
        found = list(zip(values[::2], values[1::2], strict=True))
    if not all(0 <= x <= size.width and 0 <= y <= size.height for x, y in found):
        raise Defect("landmark_outside", "a landmark lies outside the image")
    return tuple(found)


def _point(text: str) -> Point:
    if is_empty(text):
        return NO_POINT
    try:
        pair = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        raise Defect("landmark_malformed", "a landmark is not a JSON list of x and y") from None
    if not isinstance(pair, list) or len(pair) != 2:
        raise Defect("landmark_malformed", "a landmark is not a JSON list of x and y")
    if any(isinstance(value, bool | None | list | dict) for value in pair):
        raise Defect("not_numeric", "a label is not a number")
    x, y = (_number(str(value)) for value in pair)
    return (x, y)


def _is_normalised(values: list[float]) -> bool:
    """Say whether coordinates can only be shares of the image: none is beyond its first pixel."""
    return all(0 <= value <= LARGEST_SHARE for value in values) and any(values)


def _to_pixels(values: list[float], size: Size, rules: LabelRules) -> list[float]:
    """Return shares x, y, x, y... in pixels; raise Defect unless the rules want that."""
    if rules.normalised_coordinates == "quarantine":
        raise Defect(
            "normalised_coordinates",
            "coordinates are shares of the image where the format wants pixels "
            "(tasks.normalised_coordinates: convert takes them)",
        )
    scale = (size.width, size.height)
    return [value * scale[place % 2] for place, value in enumerate(values)]
