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
# A box or landmark of no more than so many pixels must be given as shares of the image: drawn to
# its edge, they may be a little more than 1.
LARGEST_SHARE = 1.05

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


def _number(text: str, field: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise Defect("not_numeric", "a label is not a number", field) from None
    if not math.isfinite(value):
        raise Defect("not_numeric", "a label is not finite", field)
    return value


def class_index(row: Row, task: Task) -> int:
    """Return the class of a classification row; raise Defect when it is none of the task's."""
    text = row.text("mask")
    if is_empty(text):
        raise Defect("no_label", "the column mask, which holds the class, is empty", "mask")
    value = _number(text, "mask")
    if value != int(value):
        raise Defect("class_not_whole", "the class is not a whole number", "mask", value)
    if not 0 <= value < task.num_classes:
        allowed = f"the class is not in 0..{task.num_classes - 1}"
        raise Defect("class_out_of_range", allowed, "mask", value)
    return int(value)


def box(row: Row, size: Size, rules: LabelRules) -> tuple[float, ...]:
    """Return x0, y0, x1, y1 in pixels; raise Defect when that is no box within the image."""
    empty = [name for name in BOX_COLUMNS if is_empty(row.text(name))]
    if len(empty) == len(BOX_COLUMNS):
        raise Defect("no_label", "the four columns of the box are empty", "x_min")
    if empty:
        raise Defect("box_incomplete", "some of the four columns of the box are empty", empty[0])
    corners = [_number(row.text(name), name) for name in BOX_COLUMNS]
    if _is_normalised(corners):
        corners = _to_pixels(corners, size, rules, "x_min")
    for low, high, side in ((0, 2, size.width), (1, 3, size.height)):
        _check_side(corners, low, high, side)
    x0, y0, x1, y1 = corners
    return (x0, y0, x1, y1)


def _check_side(corners: list[float], low: int, high: int, side: int) -> None:
    """Raise Defect unless the box has a width (or height) within the image's `side`."""
    start, end = corners[low], corners[high]
    starts, ends = BOX_COLUMNS[low], BOX_COLUMNS[high]
    if start > end:
        raise Defect("box_reversed", f"{starts} is greater than {ends}", starts, start)
    if start == end:
        raise Defect("box_empty", f"the box has no area: {starts} equals {ends}", starts, start)
    if start < 0:
        raise Defect("box_outside", "the box leaves the image", starts, start)
    if end > side:
        raise Defect("box_outside", f"the box leaves the image, 0..{side}", ends, end)


def points(row: Row, task: Task, size: Size, rules: LabelRules) -> tuple[Point, ...]:
    """Return each landmark's x, y in pixels, NO_POINT where it is missing.

    Raises Defect when one is no point of the image, or none is annotated.
    """
    names = [f"point_{number}_xy" for number in range(1, task.num_classes + 1)]
    found = [_point(row.text(name), name) for name in names]
    given = [value for point in found if point != NO_POINT for value in point]
    if not given:
        raise Defect("no_label", "no landmark is annotated", names[0])
    if rules.missing_landmarks == "quarantine" and NO_POINT in found:
        missing = names[found.index(NO_POINT)]
        raise Defect("landmark_missing", "a landmark is not annotated", missing)
    if _is_normalised(given):
        values = _to_pixels([value for point in found for value in point], size, rules, names[0])
        found = list(zip(values[::2], values[1::2], strict=True))
    for name, point in zip(names, found, strict=True):
        for value, side in zip(point, (size.width, size.height), strict=True):
            if not 0 <= value <= side:
                outside = f"a landmark lies outside the image, 0..{side}"
                raise Defect("landmark_outside", outside, name, value)
    return tuple(found)


def _point(text: str, field: str) -> Point:
    if is_empty(text):
        return NO_POINT
    try:
        pair = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        pair = None
    if not isinstance(pair, list) or len(pair) != 2:
        raise Defect("landmark_malformed", "a landmark is not a JSON list of x and y", field)
    if any(isinstance(value, bool | None | list | dict) for value in pair):
        raise Defect("not_numeric", "a label is not a number", field)
    x, y = (_number(str(value), field) for value in pair)
    return (x, y)


def _is_normalised(values: list[float]) -> bool:
    """Say whether coordinates can only be shares of the image: none is beyond its first pixel."""
    return all(0 <= value <= LARGEST_SHARE for value in values) and any(values)


def _to_pixels(values: list[float], size: Size, rules: LabelRules, field: str) -> list[float]:
    """Return shares x, y, x, y... in pixels; raise Defect unless the rules want that."""
    if rules.normalised_coordinates == "quarantine":
        raise Defect(
            "normalised_coordinates",
            "coordinates are shares of the image where the format wants pixels "
            "(tasks.normalised_coordinates: convert takes them)",
            field,
            values[0],
        )
    scale = (size.width, size.height)
    return [value * scale[place % 2] for place, value in enumerate(values)]
