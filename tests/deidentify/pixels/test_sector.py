from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from pydicom import dcmread

from pipeline.deidentify.pixels.sector import Sector, blank_outside, find_sector
from pipeline.io.dicom import decode_frames
from pipeline.io.regions import Box, read_geometry
from pipeline.simulate.objects import render_frames
from pipeline.simulate.plan import plan_cohort
from pipeline.simulate.probes import Probe
from pipeline.simulate.screen import layout
from tests.dicom_files import SECTOR, screens
from tests.io.test_dicom import real
from tests.simulate.settings import small_params

THRESHOLD = 12
Area = tuple[slice, ...]
ALL = slice(None)
# Rows and columns of each picture that hold text, buttons or bars, read off by eye.
TEXT: dict[str, list[Area]] = {
    "examples_jpeg2k.dcm": [(slice(0, 98),), (slice(345, None),)],
    "examples_rgb_color.dcm": [(slice(0, 50),), (slice(173, None),)],
    "examples_palette.dcm": [(slice(0, 58),), (slice(80, 110), slice(0, 315))],
    "examples_ybr_color.dcm": [(slice(227, None),), (ALL, slice(300, None)), (ALL, slice(0, 35))],
    "color3d_jpeg_baseline.dcm": [(slice(455, None),), (ALL, slice(604, None))],
    "OBXXXX1A.dcm": [(slice(0, 58),), (slice(80, 110), slice(0, 315))],
    "gdcm-US-ALOKA-16.dcm": [(slice(0, 22),), (slice(445, None),)],
    "JPGLosslessP14SV1_1s_1f_8b.dcm": [(slice(0, 130), slice(0, 340)), (slice(700, None),)],
    "GREYSCALE_IMAGE.dcm": [(slice(0, 25),), (ALL, slice(0, 95))],
    "ultrasound-multiframe.dcm": [(slice(0, 190), slice(0, 110)), (ALL, slice(752, None))],
}
# Points (row, column) well inside the sector.
INSIDE = {
    "examples_jpeg2k.dcm": [(120, 30), (325, 600)],
    "examples_rgb_color.dcm": [(60, 20), (160, 300)],
    "examples_palette.dcm": [(90, 360), (140, 450)],
    "examples_ybr_color.dcm": [(40, 165), (180, 120), (190, 200)],
    "color3d_jpeg_baseline.dcm": [(80, 340), (380, 250)],
    "OBXXXX1A.dcm": [(95, 360), (145, 450)],
    "gdcm-US-ALOKA-16.dcm": [(60, 180), (300, 60), (300, 500)],
    "JPGLosslessP14SV1_1s_1f_8b.dcm": [(225, 500), (470, 300), (620, 600)],
    "GREYSCALE_IMAGE.dcm": [(500, 150), (690, 850)],
    "ultrasound-multiframe.dcm": [(200, 400), (450, 120), (540, 450)],
}


@cache
def picture(name: str) -> tuple[npt.NDArray[np.uint8], tuple[Box, ...]]:
    from_deid = Path(str(files("deid_data").joinpath("data", "ultrasounds", name)))
    path = from_deid if from_deid.is_file() else real(name)
    header = dcmread(path, stop_before_pixels=True)
    frames = int(header.get("NumberOfFrames") or 1)
    shown = decode_frames(path, range(0, frames, -(-frames // 4)))
    return np.maximum.reduce(list(shown)), read_geometry(header).boxes


def sector_of(name: str, with_regions: bool) -> Sector:
    brightest, boxes = picture(name)
    sector = find_sector(brightest, boxes if with_regions else (), THRESHOLD)
    assert sector is not None
    return sector


@pytest.mark.parametrize("with_regions", [True, False])
@pytest.mark.parametrize("name", TEXT)
def test_text_of_real_screens_goes_and_the_sector_stays(name: str, with_regions: bool) -> None:
    sector = sector_of(name, with_regions)
    cleaned, share = blank_outside(picture(name)[0], sector.mask)
    for area in TEXT[name]:
        assert not cleaned[area].any()
    assert all(sector.mask[point] for point in INSIDE[name])
    assert 0 < share < 1


@cache
def simulated() -> list[tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_], bool]]:
    """Return (brightest `_HWC`, true sector `_HW`, whether stated) of simulated objects."""
    params = small_params(patients=8, cine_frames=2, frame_height=192, frame_width=240)
    screen = layout(params)
    size = screen.bottom - screen.top, screen.right - screen.left
    found = []
    for instance in list(plan_cohort(params, 7))[::2]:
        study = instance.study
        probe = Probe(study.anatomy.probe, *size)
        true = np.zeros((screen.height, screen.width), bool)
        true[screen.top : screen.bottom, screen.left : screen.right] = probe.sector
        frames = render_frames(instance, screen, probe)
        found.append((frames.max(axis=0), true, study.machine.regions == "calibrated"))
    return found


def test_simulated_sectors_stay_whole_where_they_show_anything() -> None:
    areas, lit = [], []
    for brightest, true, stated in simulated():
        rows, columns = np.nonzero(true)
        box = Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        sector = find_sector(brightest, (box,) if stated else (), THRESHOLD)
        assert sector is not None
        shown = true & (brightest.max(axis=2) > THRESHOLD)
        areas.append((sector.mask & true).sum() / true.sum())
        lit.append((sector.mask & shown).sum() / shown.sum())
    # What lies in deep shadow at the edge is black, like the page, and may go.
    assert np.median(areas) > 0.99
    assert min(areas) > 0.85
    assert min(lit) > 0.9


def recompressed(image: npt.NDArray[np.uint8], quality: int) -> npt.NDArray[np.uint8]:
    stored = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    decoded = cv2.imdecode(stored, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded.astype(np.uint8)


@pytest.mark.parametrize("quality", [100, 75, 50, 30, 20])
def test_nothing_of_a_simulated_banner_stays(quality: int) -> None:
    for clean, true, _ in simulated():
        brightest = recompressed(clean, quality) if quality < 100 else clean
        rows, columns = np.nonzero(true)
        outside = np.ones(true.shape, bool)
        # The scale's marks begin three pixels beside the sector.
        outside[rows.min() : rows.max() + 1, columns.min() : columns.max() + 6] = False
        sector = find_sector(brightest, (), THRESHOLD)
        assert sector is not None
        cleaned, _ = blank_outside(brightest, sector.mask)
        # Compression also smears the sector itself some pixels beyond its edge.
        text = outside & clean.any(axis=2)
        assert text.any()
        assert not cleaned[text].any()


def test_a_page_without_speckle_has_no_sector() -> None:
    words = screens(1)[0].copy()
    x0, y0, x1, y1 = SECTOR
    words[y0:y1, x0:x1] = 90  # a flat panel
    assert find_sector(words, (), THRESHOLD) is None
    assert find_sector(words, (Box(*SECTOR),), THRESHOLD) is None
    assert find_sector(np.zeros_like(words), (), THRESHOLD) is None


def test_the_box_bounds_the_mask_and_only_outside_turns_black() -> None:
    frame = screens(1)[0]
    sector = find_sector(frame, (), THRESHOLD)
    assert sector is not None
    inside = np.zeros_like(sector.mask)
    inside[sector.box.y0 : sector.box.y1, sector.box.x0 : sector.box.x1] = True
    assert (sector.mask <= inside).all()
    cleaned, share = blank_outside(frame, sector.mask)
    np.testing.assert_array_equal(cleaned[sector.mask], frame[sector.mask])
    assert not cleaned[~sector.mask].any()
    assert share == (frame != cleaned).mean()
