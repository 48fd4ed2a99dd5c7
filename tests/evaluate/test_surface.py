from typing import Any

import numpy as np
import pytest
import SimpleITK
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.spatial.distance import cdist

from pipeline.evaluate.segmentation import hausdorff
from pipeline.evaluate.surface import Region, surface_scores

sitk: Any = SimpleITK
PAIRS = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(
    lambda shape: st.tuples(hnp.arrays(bool, shape), hnp.arrays(bool, shape))
)


def _border(region: Region) -> Any:
    """Return the places of SimpleITK's contour, with a ring of outside around the image."""
    padded = sitk.GetImageFromArray(np.pad(region.astype(np.uint8), 1))
    return np.argwhere(sitk.GetArrayFromImage(sitk.LabelContour(padded, fullyConnected=False)))


@settings(deadline=None, max_examples=60)
@given(PAIRS, st.integers(1, 6))
def test_hd95_and_surface_dice_are_their_definitions(
    pair: tuple[Region, Region], tolerance: int
) -> None:
    assume(pair[0].any() and pair[1].any())
    apart = cdist(_border(pair[0]), _border(pair[1]))
    nearest = apart.min(axis=1), apart.min(axis=0)
    found = surface_scores(*pair, tolerance)
    # MONAI counts in single precision.
    assert found["hd95"] == pytest.approx(max(np.percentile(one, 95) for one in nearest), rel=1e-5)
    within = sum(int((one <= tolerance).sum()) for one in nearest)
    assert found["surface_dice"] == pytest.approx(within / sum(apart.shape), rel=1e-5)


def test_one_stray_pixel_moves_the_hausdorff_distance_but_not_hd95() -> None:
    truth = np.zeros((60, 60), bool)
    truth[10:40, 10:40] = True
    stray = truth.copy()
    stray[59, 59] = True
    assert hausdorff(truth, stray) > 20
    found = surface_scores(truth, stray, 2.0)
    assert found["hd95"] == 0.0
    assert 0.99 < found["surface_dice"] < 1.0
