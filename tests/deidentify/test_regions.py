from typing import Any

import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence

from pipeline.deidentify.regions import Box, Geometry, read_geometry
from tests.dicom_files import HEIGHT, SECTOR, WIDTH, region, us_object
from tests.io.test_dicom import real


def geometry(*items: Any) -> Geometry:
    return read_geometry(us_object(SequenceOfUltrasoundRegions=Sequence(items)))


def test_spacing_is_in_millimetres_and_exclusive_corners() -> None:
    found = geometry(region())
    assert found.boxes == (Box(*SECTOR),)
    assert (found.status, found.mm_per_px_y, found.mm_per_px_x) == ("ok", 0.3, 0.2)


def test_a_negative_delta_is_a_direction() -> None:
    assert geometry(region(PhysicalDeltaY=-0.03)).mm_per_px_y == 0.3


@pytest.mark.parametrize(
    ("items", "status", "boxes"),
    [
        ((), "missing", 0),
        ((region(RegionSpatialFormat=4),), "missing", 0),
        ((region((9, 9, 9, 40)),), "missing", 0),
        ((region((0, 0, WIDTH + 1, HEIGHT)),), "clamped", 1),
        ((region((0, 0, WIDTH, HEIGHT + 2)),), "out_of_frame", 0),
        ((region(), region((0, 0, WIDTH + 40, HEIGHT))), "out_of_frame", 0),
        ((region(PhysicalUnitsYDirection=4),), "not_cm", 1),
        ((region(PhysicalDeltaX=0.0),), "not_cm", 1),
        ((region(), region((0, 0, 15, 30))), "multi_region", 2),
    ],
)
def test_every_hazard_has_its_status(items: tuple[Any, ...], status: str, boxes: int) -> None:
    found = geometry(*items)
    assert (found.status, len(found.boxes)) == (status, boxes)
    assert all(box.x1 <= WIDTH and box.y1 <= HEIGHT for box in found.boxes)
    assert (found.mm_per_px_y is None) == (status not in {"ok", "clamped"})


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("examples_ybr_color.dcm", "out_of_frame"),  # the image was shrunk, its region was not
        ("examples_palette.dcm", "out_of_frame"),
        ("examples_rgb_color.dcm", "missing"),
        ("OBXXXX1A.dcm", "clamped"),
        ("gdcm-US-ALOKA-16.dcm", "multi_region"),
        ("color3d_jpeg_baseline.dcm", "ok"),
    ],
)
def test_real_objects_are_judged_right(name: str, status: str) -> None:
    assert read_geometry(dcmread(real(name), stop_before_pixels=True)).status == status
