"""What the header says of the insonated area: regions and their physical spacing.

Sequence of Ultrasound Regions, PS3.3 C.8.5.5. Real files state regions that lie outside the image,
one pixel too far, or in units that are not centimetres; each case has its own status.
"""

import math
from dataclasses import dataclass
from typing import Literal

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

Status = Literal["ok", "clamped", "out_of_frame", "not_cm", "missing", "multi_region"]
Placement = Literal["inside", "clamped", "out_of_frame", "no_area"]
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
class Axis:
    """One direction of a region; None for what is not stated in a usable way.

    The delta is as stated: signed, per pixel, in `units` (PS3.3 C.8.5.5.1.15). The reference pixel
    counts from the region's own corner, and its value is in `units` too.
    """

    units: int | None
    delta: float | None
    reference_pixel: int | None
    reference_value: float | None

    @property
    def spacing_mm(self) -> float | None:
        """Return the size of a pixel; None unless it is stated in centimetres."""
        if self.units != CENTIMETRES or not self.delta:
            return None
        # A negative delta gives the axis' direction, not its scale.
        return abs(self.delta) * MM_PER_CM


@dataclass(frozen=True)
class Region:
    """One item of the sequence; None for what it does not state in a usable way.

    `box` is clamped to the image, and None unless `placement` is inside or clamped.
    """

    box: Box | None
    placement: Placement
    spatial_format: int | None
    data_type: int | None
    flags: int | None
    x: Axis
    y: Axis
    transducer_frequency_khz: float | None

    @property
    def spacing_mm(self) -> tuple[float, float] | None:
        """Return (down, across) in mm per pixel; None unless both directions are centimetres."""
        across, down = self.x.spacing_mm, self.y.spacing_mm
        return None if across is None or down is None else (down, across)

    @property
    def depth_mm(self) -> float | None:
        """Return the region's height in mm; None without a box or spacing."""
        if self.box is None or self.spacing_mm is None:
            return None
        return (self.box.y1 - self.box.y0) * self.spacing_mm[0]


@dataclass(frozen=True)
class Geometry:
    """The 2-D regions inside the image, and the spacing where it is beyond doubt."""

    boxes: tuple[Box, ...]
    status: Status
    mm_per_px_y: float | None = None
    mm_per_px_x: float | None = None


def _whole(item: Dataset, keyword: str) -> int | None:
    value = _real(item, keyword)
    return None if value is None else int(value)


def _real(item: Dataset, keyword: str) -> float | None:
    try:
        value = float(item[keyword].value)
    except (KeyError, TypeError, ValueError):
        return None
    return value if math.isfinite(value) else None


def _place(item: Dataset, height: int, width: int) -> tuple[Box | None, Placement]:
    x0, y0 = _whole(item, "RegionLocationMinX0"), _whole(item, "RegionLocationMinY0")
    last_x, last_y = _whole(item, "RegionLocationMaxX1"), _whole(item, "RegionLocationMaxY1")
    if x0 is None or y0 is None or last_x is None or last_y is None:
        return None, "no_area"
    if x0 >= last_x or y0 >= last_y:
        return None, "no_area"
    stated = Box(x0, y0, last_x + 1, last_y + 1)
    if min(x0, y0) < 0 or max(stated.x1 - width, stated.y1 - height) > TOLERATED_PIXELS:
        return None, "out_of_frame"
    box = Box(x0, y0, min(stated.x1, width), min(stated.y1, height))
    return box, "inside" if box == stated else "clamped"


def _axis(item: Dataset, name: str) -> Axis:
    return Axis(
        units=_whole(item, f"PhysicalUnits{name}Direction"),
        delta=_real(item, f"PhysicalDelta{name}"),
        reference_pixel=_whole(item, f"ReferencePixel{name}0"),
        reference_value=_real(item, f"ReferencePixelPhysicalValue{name}"),
    )


def _region(item: Dataset, height: int, width: int) -> Region:
    box, placement = _place(item, height, width)
    return Region(
        box=box,
        placement=placement,
        spatial_format=_whole(item, "RegionSpatialFormat"),
        data_type=_whole(item, "RegionDataType"),
        flags=_whole(item, "RegionFlags"),
        x=_axis(item, "X"),
        y=_axis(item, "Y"),
        transducer_frequency_khz=_real(item, "TransducerFrequency"),
    )


def read_regions(header: Dataset) -> tuple[Region, ...]:
    """Return every region that a header states, of any kind, in its order."""
    items = header.get("SequenceOfUltrasoundRegions")
    if not isinstance(items, Sequence):
        return ()
    height, width = int(header.Rows), int(header.Columns)
    return tuple(_region(item, height, width) for item in items)


def read_geometry(header: Dataset) -> Geometry:
    """Return a frame's 2-D regions, clamped to the image, and its calibration status."""
    regions = [
        region
        for region in read_regions(header)
        if region.spatial_format == TWO_DIMENSIONAL and region.placement != "no_area"
    ]
    if not regions:
        return Geometry((), "missing")
    boxes = tuple(region.box for region in regions if region.box is not None)
    if len(boxes) < len(regions):
        # One region of another image makes all of them doubtful, and the spacing too.
        return Geometry((), "out_of_frame")
    if len(regions) > 1:
        return Geometry(boxes, "multi_region")
    spacing = regions[0].spacing_mm
    if spacing is None:
        return Geometry(boxes, "not_cm")
    return Geometry(boxes, "ok" if regions[0].placement == "inside" else "clamped", *spacing)
