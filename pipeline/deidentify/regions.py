"""What the header says of the insonated area: regions and their physical spacing.

Sequence of Ultrasound Regions, PS3.3 C.8.5.5. Real files state regions that lie outside the image,
one pixel too far, or in units that are not centimetres; each case has its own status.
"""

from dataclasses import dataclass
from typing import Literal

from pydicom.dataset import Dataset

Status = Literal["ok", "clamped", "out_of_frame", "not_cm", "missing", "multi_region"]
CENTIMETRES = 3  # PS3.3 C.8.5.5.1.15
TWO_DIMENSIONAL = 1  # Region Spatial Format, PS3.3 C.8.5.5.1.1
MM_PER_CM = 10.0
# Vendors give the width where the last column is meant; more than this is another image's region.
TOLERATED_PIXELS = 1


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; `x1` and `y1` are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


@dataclass(frozen=True)
class Geometry:
    """The 2-D regions inside the image, and the spacing where it is beyond doubt."""

    boxes: tuple[Box, ...]
    status: Status
    mm_per_px_y: float | None = None
    mm_per_px_x: float | None = None


def _box(region: Dataset) -> Box | None:
    corners = [
        region.get(name)
        for name in (
            "RegionLocationMinX0",
            "RegionLocationMinY0",
            "RegionLocationMaxX1",
            "RegionLocationMaxY1",
        )
    ]
    if None in corners:
        return None
    x0, y0, x1, y1 = (int(corner) for corner in corners)
    return Box(x0, y0, x1 + 1, y1 + 1) if x0 < x1 and y0 < y1 else None


def _spacing(region: Dataset) -> tuple[float, float] | None:
    """Return (down, across) in mm per pixel, or None when the units are not centimetres."""
    units = (region.get("PhysicalUnitsYDirection"), region.get("PhysicalUnitsXDirection"))
    deltas = (region.get("PhysicalDeltaY"), region.get("PhysicalDeltaX"))
    if units != (CENTIMETRES, CENTIMETRES) or not all(deltas):
        return None
    # A negative delta gives the axis' direction, not its scale.
    down, across = (abs(float(delta)) * MM_PER_CM for delta in deltas if delta is not None)
    return down, across


def read_geometry(header: Dataset) -> Geometry:
    """Return a frame's regions, clamped to the image, and its calibration status."""
    height, width = int(header.Rows), int(header.Columns)
    stated = [
        (box, region)
        for region in header.get("SequenceOfUltrasoundRegions") or []
        if region.get("RegionSpatialFormat") == TWO_DIMENSIONAL and (box := _box(region))
    ]
    if not stated:
        return Geometry((), "missing")
    boxes = []
    for box, _ in stated:
        if box.x1 > width + TOLERATED_PIXELS or box.y1 > height + TOLERATED_PIXELS:
            return Geometry((), "out_of_frame")
        boxes.append(Box(box.x0, box.y0, min(box.x1, width), min(box.y1, height)))
    if len(stated) > 1:
        return Geometry(tuple(boxes), "multi_region")
    spacing = _spacing(stated[0][1])
    if spacing is None:
        return Geometry(tuple(boxes), "not_cm")
    status: Status = "ok" if boxes[0] == stated[0][0] else "clamped"
    return Geometry(tuple(boxes), status, *spacing)
