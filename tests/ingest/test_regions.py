"""The table of regions, against what files state; hazards of placing are in `tests/io`."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.sequence import Sequence

from pipeline.ingest.regions import MOST_CODE, MOST_PIXEL, VALUES, region_columns
from pipeline.ingest.scan import scan_archive
from pipeline.ingest.tables import INSTANCES, REGIONS
from pipeline.io.tables import read_table
from tests.dicom_files import SECTOR, region, screens, us_object, write_object
from tests.ingest.settings import PARAMS, scan_outputs
from tests.io.test_dicom import real

KEY = bytes(range(32))
DOPPLER: dict[str, Any] = {
    "RegionSpatialFormat": 3,
    "RegionDataType": 3,
    "RegionFlags": 5,
    "PhysicalUnitsXDirection": 4,
    "PhysicalUnitsYDirection": 7,
    "PhysicalDeltaX": 0.004,
    "PhysicalDeltaY": -0.8,
    "ReferencePixelX0": 0,
    "ReferencePixelY0": -12,
    "ReferencePixelPhysicalValueX": 0.0,
    "ReferencePixelPhysicalValueY": 2.5,
    "TransducerFrequency": 2500,
}


def columns(*items: Any) -> list[dict[str, Any]]:
    return region_columns(us_object(SequenceOfUltrasoundRegions=Sequence(items)))


def test_every_region_of_every_instance_has_its_row(tmp_path: Path) -> None:
    raw, outputs = tmp_path / "raw", scan_outputs(tmp_path)
    stated = {"a": [region(), region((0, 0, 15, 30), **DOPPLER)], "b": [], "c": [region()]}
    for number, (name, items) in enumerate(stated.items()):
        header = us_object(
            screens(1, seed=number), f"1.2.{number}", SequenceOfUltrasoundRegions=Sequence(items)
        )
        write_object(raw / name, header)
    write_object(raw / "d", us_object(screens(1), "1.2.9", Modality="CT", SOPClassUID="1.2.3"))
    scan_archive(PARAMS, KEY, 2, raw, (), outputs, tmp_path / "resume")
    found = read_table(outputs.regions, REGIONS)
    assert found.sort_values(["instance", "region"]).index.is_monotonic_increasing
    assert set(found.instance) <= set(read_table(outputs.instances, INSTANCES).instance)
    assert sorted(found.groupby("instance").size()) == [1, 2]
    assert list(found[found.region == 1].data_type) == [3]


def test_a_row_tells_what_a_region_states() -> None:
    tissue, doppler = columns(region(), region((0, 0, 15, 30), **DOPPLER))
    assert [tissue[name] for name in ("x0", "y0", "x1", "y1")] == list(SECTOR)
    assert (tissue["region"], tissue["placement"], tissue["spatial_format"]) == (0, "inside", 1)
    assert (tissue["units_x"], tissue["delta_x"]) == (3, pytest.approx(0.02))
    assert (tissue["mm_per_px_y"], tissue["mm_per_px_x"]) == (0.3, 0.2)
    assert tissue["depth_mm"] == pytest.approx((SECTOR[3] - SECTOR[1]) * 0.3)
    assert (doppler["region"], doppler["mm_per_px_y"], doppler["depth_mm"]) == (1, None, None)
    names = (
        "spatial_format", "data_type", "flags", "units_x", "units_y", "delta_x", "delta_y",
        "reference_pixel_x", "reference_pixel_y", "reference_value_x", "reference_value_y",
        "transducer_frequency_khz",
    )  # fmt: skip
    assert [doppler[name] for name in names] == list(DOPPLER.values())


@given(
    delta=st.floats(allow_nan=True, allow_infinity=True),
    pixel=st.integers(-(2**31), 2**31 - 1),
    flags=st.integers(0, 2**32 - 1),
)
def test_what_no_scanner_can_mean_is_null(delta: float, pixel: int, flags: int) -> None:
    (row,) = columns(region(PhysicalDeltaX=delta, ReferencePixelX0=pixel, RegionFlags=flags))
    usable = delta == 0 or VALUES[0] <= abs(delta) <= VALUES[1]
    assert row["delta_x"] == (delta if usable else None)
    assert row["mm_per_px_x"] is None or VALUES[0] <= row["mm_per_px_x"] <= VALUES[1]
    assert row["reference_pixel_x"] == (pixel if abs(pixel) <= MOST_PIXEL else None)
    assert row["flags"] == (flags if flags <= MOST_CODE else None)


@pytest.mark.parametrize(
    ("name", "placements"),
    [
        ("examples_ybr_color.dcm", ["out_of_frame"]),
        ("OBXXXX1A.dcm", ["clamped", "inside"]),
        ("examples_rgb_color.dcm", []),
    ],
)
def test_real_objects_have_a_row_for_every_region(name: str, placements: list[str]) -> None:
    found = pd.DataFrame(region_columns(dcmread(real(name), stop_before_pixels=True)))
    assert list(found.get("placement", [])) == placements


def test_a_damaged_sequence_costs_no_image() -> None:
    header = dcmread(str(get_testdata_file("examples_ybr_color.dcm")), stop_before_pixels=True)
    del header.Rows
    assert region_columns(header) == []
