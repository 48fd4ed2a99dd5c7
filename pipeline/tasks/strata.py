"""What the splits are balanced by: the class, what is in a mask and how large it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.tasks.samples import Label

SIZES = ("small", "medium", "large")


@dataclass(frozen=True)
class Traits:
    """What a label tells without its image.

    `classes` holds the class, the foreground classes of a mask, or the numbers of the annotated
    landmarks, from 0. `area` is the share of the image that the mask or box covers, if it has one.
    """

    classes: tuple[int, ...]
    area: float | None = None


def describe(label: Label, shape: tuple[int, ...]) -> Traits:
    """Return the traits of the label of an image of `shape` (height, width first)."""
    height, width = shape[:2]
    if label.label is not None:
        return Traits((label.label,))
    if label.box is not None:
        x0, y0, x1, y1 = label.box
        return Traits((), (x1 - x0) * (y1 - y0) / (height * width))
    if label.mask is not None:
        counts = np.bincount(label.mask.ravel())
        present = np.flatnonzero(counts[1:]) + 1
        return Traits(tuple(present.tolist()), int(counts[1:].sum()) / label.mask.size)
    points = enumerate(label.points or ())
    return Traits(tuple(index for index, point in points if point != (0.0, 0.0)))


def sizes_of(tasks: Sequence[str], traits: Sequence[Traits]) -> list[tuple[str, ...]]:
    """Return the size of each row's label: none, or the third of its task's areas it lies in.

    A row's size depends on the rows of its own task only; without an area it has none.
    """
    areas = pd.Series([row.area for row in traits], dtype=float)
    thirds = areas.groupby(pd.Series(tasks, dtype=object)).transform(_thirds)
    return [_size(row.area, third) for row, third in zip(traits, thirds, strict=True)]


def classes_of(traits: Traits) -> tuple[str, ...]:
    """Return the classes of a label as strata."""
    return tuple(f"class {index}" for index in traits.classes)


def _thirds(areas_N: pd.Series) -> npt.NDArray[np.float64]:
    """Return the third of the areas above 0 in which each lies: 0, 1 or 2; equal areas in one."""
    filled = areas_N[areas_N > 0]
    if filled.empty:
        return np.zeros(len(areas_N))
    limits = np.quantile(filled, [1 / 3, 2 / 3])
    return np.searchsorted(limits, areas_N.fillna(0), side="left").astype(np.float64)


def _size(area: float | None, third: float) -> tuple[str, ...]:
    if area is None:
        return ()
    return ("size none",) if area == 0 else (f"size {SIZES[int(third)]}",)
