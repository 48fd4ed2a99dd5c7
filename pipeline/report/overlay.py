"""Truth and prediction as shapes to be drawn over a sample image, in its native pixels."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2

from pipeline.io.images import Image

Role = Literal["truth", "prediction", "gap"]
CROSS = 0.03  # half the size of a landmark's mark, as a part of the image's longer side


@dataclass(frozen=True)
class Shape:
    """One SVG path; `title` names what it outlines."""

    role: Role
    path: str
    title: str


def _polygon(contour_N2: Image) -> str:
    # A pixel's centre lies half a pixel from its corner, where SVG counts from.
    points = " ".join(f"{x + 0.5:g},{y + 0.5:g}" for x, y in contour_N2)
    return f"M{points}Z"


def mask_shapes(mask_HW: Image, role: Role, labels: Sequence[str]) -> list[Shape]:
    """Return one outline (holes included) per foreground class that is present."""
    shapes = []
    for index, label in enumerate(labels):
        region = (mask_HW == index).astype("uint8")
        if index == 0 or not region.any():
            continue
        contours, _ = cv2.findContours(region, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        path = "".join(_polygon(contour[:, 0]) for contour in contours)
        shapes.append(Shape(role, path, label))
    return shapes


def box_shape(box: Sequence[float], role: Role, label: str) -> Shape:
    """Return a rectangle from x0, y0, x1, y1."""
    x0, y0, x1, y1 = box
    return Shape(role, f"M{x0:g},{y0:g} {x1:g},{y0:g} {x1:g},{y1:g} {x0:g},{y1:g}Z", label)


def _pairs(points: Sequence[float]) -> list[tuple[float, float]]:
    return list(zip(points[::2], points[1::2], strict=True))


def _mark(x: float, y: float, reach: float, role: Role) -> str:
    """Return a ring for the truth and a diagonal cross for the prediction."""
    if role == "truth":
        ring = (
            f"a{reach:g},{reach:g} 0 1,0 {2 * reach:g},0a{reach:g},{reach:g} 0 1,0 {-2 * reach:g},0"
        )
        return f"M{x - reach:g},{y:g}{ring}"
    a, b, c, d = x - reach, x + reach, y - reach, y + reach
    return f"M{a:g},{c:g} {b:g},{d:g}M{a:g},{d:g} {b:g},{c:g}"


def landmark_shapes(
    truth: Sequence[float], predicted: Sequence[float], labels: Sequence[str], longest: int
) -> list[Shape]:
    """Return a ring, a cross and the line between them for each landmark that is annotated.

    `truth` and `predicted` are flat x, y lists; (0, 0) means that the truth is not annotated.
    """
    shapes = []
    for (x, y), (u, v), label in zip(_pairs(truth), _pairs(predicted), labels, strict=True):
        if (x, y) == (0, 0):
            continue
        shapes.append(Shape("gap", f"M{x:g},{y:g} {u:g},{v:g}", label))
        shapes.append(Shape("truth", _mark(x, y, longest * CROSS, "truth"), label))
        shapes.append(Shape("prediction", _mark(u, v, longest * CROSS, "prediction"), label))
    return shapes
