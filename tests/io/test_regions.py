from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.sequence import Sequence

from pipeline.io.regions import Box, Geometry, read_geometry, read_regions
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


def test_every_region_is_told_with_what_it_states() -> None:
    doppler = region(
        (0, 0, 15, 30),
        RegionSpatialFormat=3,
        RegionDataType=3,
        PhysicalUnitsXDirection=4,
        PhysicalUnitsYDirection=7,
        TransducerFrequency=2500,
        ReferencePixelX0=0,
        ReferencePixelY0=12,
    )
    header = us_object(SequenceOfUltrasoundRegions=Sequence([region(), doppler]))
    tissue, trace = read_regions(header)
    assert tissue.depth_mm == pytest.approx((SECTOR[3] - SECTOR[1]) * 0.3)
    assert (trace.spatial_format, trace.data_type, trace.x.units, trace.y.units) == (3, 3, 4, 7)
    assert (trace.x.reference_pixel, trace.y.reference_pixel) == (0, 12)
    assert trace.transducer_frequency_khz == 2500
    assert (trace.spacing_mm, trace.depth_mm) == (None, None)
    assert read_geometry(header).status == "ok"


@pytest.mark.parametrize("units", [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, None])
def test_only_centimetres_become_millimetres(units: int | None) -> None:
    (found,) = read_regions(
        us_object(SequenceOfUltrasoundRegions=Sequence([region(PhysicalUnitsXDirection=units)]))
    )
    assert found.spacing_mm is None


@given(corners=st.lists(st.integers(0, 2**31), min_size=4, max_size=4))
def test_a_box_never_leaves_its_image(corners: list[int]) -> None:
    item = region()
    item.RegionLocationMinX0, item.RegionLocationMinY0 = corners[:2]
    item.RegionLocationMaxX1, item.RegionLocationMaxY1 = corners[2:]
    (found,) = read_regions(us_object(SequenceOfUltrasoundRegions=Sequence([item])))
    assert (found.box is None) == (found.placement in {"no_area", "out_of_frame"})
    if found.box is not None:
        assert 0 <= found.box.x0 < found.box.x1 <= WIDTH
        assert 0 <= found.box.y0 < found.box.y1 <= HEIGHT


def test_values_that_are_no_numbers_are_not_stated() -> None:
    item = region(PhysicalDeltaY=float("nan"))
    del item.RegionLocationMinX0
    (found,) = read_regions(us_object(SequenceOfUltrasoundRegions=Sequence([item])))
    assert (found.placement, found.y.delta, found.spacing_mm) == ("no_area", None, None)


def test_the_real_second_region_is_not_two_dimensional() -> None:
    tissue, trace = read_regions(dcmread(real("OBXXXX1A.dcm"), stop_before_pixels=True))
    assert (tissue.placement, trace.spatial_format, trace.x.units) == ("clamped", 4, 4)
