"""The regions that an accepted image states, as typed columns: what no scanner can mean is null."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pydicom.dataset import Dataset

from pipeline.io.regions import Axis, Region, read_regions

# Enumerations and flags (PS3.3 C.8.5.5.1) are small; pixels lie in images; and a physical value,
# in centimetres, seconds, hertz or their like, is neither so small nor so large.
MOST_CODE, MOST_PIXEL = 0xFFFF, 0xFFFF
VALUES = (1e-9, 1e6)


def region_columns(header: Dataset) -> list[dict[str, Any]]:
    """Return the columns of every region that a header states, in its order.

    An image is worth more than a sequence that is damaged, which has none.
    """
    try:
        found = read_regions(header)
    except Exception:  # whatever pydicom raises on a damaged item
        return []
    return [{"region": place, **_columns(region)} for place, region in enumerate(found)]


def _columns(region: Region) -> dict[str, Any]:
    box, spacing = region.box, region.spacing_mm or (None, None)
    return {
        "placement": region.placement,
        "x0": box and box.x0,
        "y0": box and box.y0,
        "x1": box and box.x1,
        "y1": box and box.y1,
        "spatial_format": _code(region.spatial_format),
        "data_type": _code(region.data_type),
        "flags": _code(region.flags),
        **_axis("x", region.x),
        **_axis("y", region.y),
        "mm_per_px_y": _physical(spacing[0]),
        "mm_per_px_x": _physical(spacing[1]),
        "depth_mm": _physical(region.depth_mm),
        "transducer_frequency_khz": _physical(region.transducer_frequency_khz),
    }


def _axis(name: str, axis: Axis) -> dict[str, Any]:
    pixel = axis.reference_pixel
    return {
        f"units_{name}": _code(axis.units),
        f"delta_{name}": _physical(axis.delta),
        f"reference_pixel_{name}": pixel if abs(pixel or 0) <= MOST_PIXEL else None,
        f"reference_value_{name}": _physical(axis.reference_value),
    }


def _code(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= MOST_CODE else None


def _physical(value: float | None) -> float | None:
    if value is None or (value and not VALUES[0] <= abs(value) <= VALUES[1]):
        return None
    return value


def regions_of(files: pa.Table) -> pa.Table:
    """Return the rows of `REGIONS` of some rows of `FILES`, in their order."""
    lists = files["regions"].combine_chunks()
    flat = pc.list_flatten(lists)
    stated = {field.name: pc.struct_field(flat, field.name) for field in lists.type.value_type}
    return pa.table({"instance": files["instance"].take(pc.list_parent_indices(lists)), **stated})
