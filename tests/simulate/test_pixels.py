from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit

from pipeline.simulate.headers import make_header
from pipeline.simulate.machines import MACHINES, Machine
from pipeline.simulate.objects import dicom_bytes, render_frames
from pipeline.simulate.pixels import add_pixels
from pipeline.simulate.plan import plan_cohort
from pipeline.simulate.probes import Probe
from pipeline.simulate.screen import layout
from tests.simulate.settings import SEED, small_params


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.model)
@pytest.mark.filterwarnings("error")
def test_pixels_survive_the_file(machine: Machine) -> None:
    screen = layout(small_params())
    _, cine, *_ = plan_cohort(small_params(), SEED)
    cine = replace(cine, study=replace(cine.study, machine=machine))
    size = (screen.bottom - screen.top, screen.right - screen.left)
    frames_NHWC = render_frames(cine, screen, Probe(cine.study.anatomy.probe, *size))
    header = make_header(cine, screen)
    add_pixels(header, frames_NHWC, machine)
    read = dcmread(BytesIO(dicom_bytes(header)))
    assert read.file_meta.TransferSyntaxUID == machine.transfer_syntax
    decoded = read.pixel_array.astype(int)
    expected = frames_NHWC.astype(int)
    if machine.photometric == "MONOCHROME2":
        expected = expected[..., 1]
    assert decoded.shape == expected.shape
    worst = np.abs(decoded - expected)
    if machine.transfer_syntax == JPEGBaseline8Bit:
        assert worst.mean() < 6
    else:
        assert worst.max() == 0


def test_the_region_is_where_the_sector_is_shown() -> None:
    screen = layout(small_params())
    still, *_ = plan_cohort(small_params(), SEED)
    still = replace(still, study=replace(still.study, machine=MACHINES[0]))
    (region,) = make_header(still, screen).SequenceOfUltrasoundRegions
    assert (region.RegionLocationMinX0, region.RegionLocationMinY0) == (screen.left, screen.top)
    assert region.RegionLocationMaxX1 == screen.right - 1
    depth = region.PhysicalDeltaY * (region.RegionLocationMaxY1 - region.RegionLocationMinY0 + 1)
    assert depth == pytest.approx(still.study.anatomy.depth_cm)
