import numpy as np
import pytest

from pipeline.deidentify.doppler import coloured_share, has_doppler, is_neutral_grey
from pipeline.io.dicom import decode_frames
from tests.dicom_files import SECTOR, screens
from tests.io.test_dicom import real

X0, Y0, X1, Y1 = SECTOR


def test_only_colour_inside_the_sector_counts() -> None:
    grey = np.repeat(screens(1)[0][..., None], 3, axis=-1)
    sector = np.zeros(grey.shape[:2], bool)
    sector[Y0:Y1, X0:X1] = True
    banner, flow = grey.copy(), grey.copy()
    banner[:20] = (200, 30, 30)
    flow[Y0 : Y0 + 7, X0:X1] = (200, 30, 30)
    assert not has_doppler(grey[..., 0], sector, 0.01)
    assert not has_doppler(banner, sector, 0.01)
    assert has_doppler(flow, sector, 0.1)
    assert coloured_share(flow, sector) == pytest.approx(0.1)
    assert not has_doppler(flow, np.zeros_like(sector), 0.01)


@pytest.mark.parametrize(
    "name",
    ["examples_ybr_color.dcm", "US1_J2KI.dcm", "color3d_jpeg_baseline.dcm", "gdcm-US-ALOKA-16.dcm"],
)
def test_real_screens_are_mostly_grey_unless_their_colours_are_mistaken(name: str) -> None:
    frame = next(decode_frames(real(name)))
    assert is_neutral_grey(frame)
    swapped = frame.astype(int)
    mistaken = np.stack([swapped[..., 0], 0 * swapped[..., 0] + 128, swapped[..., 0]], axis=-1)
    assert not is_neutral_grey(mistaken.astype(np.uint8))
