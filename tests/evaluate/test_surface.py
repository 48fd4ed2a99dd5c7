from typing import Any

import numpy as np
import pytest
import SimpleITK
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import cdist

from pipeline.evaluate.surface import Region, border, border_distances, hd95, surface_dice

sitk: Any = SimpleITK
REGIONS = hnp.arrays(bool, st.tuples(st.integers(1, 14), st.integers(1, 14)))
PAIRS = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(
    lambda shape: st.tuples(hnp.arrays(bool, shape), hnp.arrays(bool, shape))
)


def _contour(region: Region) -> Any:
    """Return SimpleITK's contour of a region, with a ring of outside around the image."""
    padded = np.pad(region.astype(np.uint8), 1)
    return sitk.LabelContour(sitk.GetImageFromArray(padded), fullyConnected=False)


@given(REGIONS)
def test_the_border_is_simpleitks_contour(region: Region) -> None:
    expected = np.argwhere(sitk.GetArrayFromImage(_contour(region))[1:-1, 1:-1])
    assert border(region).tolist() == expected.tolist()


@settings(deadline=None)
@given(PAIRS)
def test_distances_equal_simpleitks_distance_maps(pair: tuple[Region, Region]) -> None:
    assume(pair[0].any() and pair[1].any())
    contours = [_contour(region) for region in pair]
    maps = [
        sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(one, squaredDistance=False))
        for one in contours
    ]
    places = [sitk.GetArrayFromImage(one) > 0 for one in contours]
    found = border_distances(*pair)
    assert np.allclose(found[0], np.abs(maps[1])[places[0]], atol=1e-4)
    assert np.allclose(found[1], np.abs(maps[0])[places[1]], atol=1e-4)


@settings(deadline=None)
@given(PAIRS, st.floats(0.1, 6))
def test_hd95_and_surface_dice_are_their_definitions(
    pair: tuple[Region, Region], tolerance: float
) -> None:
    assume(pair[0].any() and pair[1].any())
    apart = cdist(*(border(region) for region in pair))
    nearest = apart.min(axis=1), apart.min(axis=0)
    found = border_distances(*pair)
    assert hd95(found) == pytest.approx(max(np.percentile(one, 95) for one in nearest), abs=1e-12)
    within = sum(int((one <= tolerance).sum()) for one in nearest)
    assert surface_dice(found, tolerance) == within / sum(apart.shape)


def test_one_stray_pixel_moves_the_hausdorff_distance_but_not_hd95() -> None:
    truth = np.zeros((60, 60), bool)
    truth[10:40, 10:40] = True
    stray = truth.copy()
    stray[59, 59] = True
    distances = border_distances(truth, stray)
    assert max(one.max() for one in distances) > 20
    assert hd95(distances) == 0.0
    assert 0.99 < surface_dice(distances, 2.0) < 1.0
