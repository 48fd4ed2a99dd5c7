"""The eight positions of head and sacrum are those of the geometry."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.simulate.anatomy.fetal_body import SACRUM
from pipeline.simulate.anatomy.fetal_head import OCCIPUT, turn_of
from pipeline.simulate.anatomy.fetus import SKULL
from pipeline.simulate.anatomy.tissue import POOL
from pipeline.simulate.atlas import HEAD_POSITION, SACRAL_POSITION, Anatomy
from pipeline.simulate.scene import Scene
from pipeline.simulate.tissues import BRAIN, FLUID, Tissue
from tests.simulate.anatomy.bodies import body_of, painted


def apart(one: float, two: float) -> float:
    """Return the angle between two directions, degrees."""
    return abs((one - two + 180) % 360 - 180)


@pytest.mark.parametrize("directions", [OCCIPUT, SACRUM])
def test_the_angle_never_reaches_a_neighbouring_class(directions: dict[str, int]) -> None:
    anatomy = HEAD_POSITION if directions is OCCIPUT else SACRAL_POSITION
    for finding in anatomy.findings:
        body = body_of(anatomy, finding, 3)
        angles = [-np.degrees(turn_of(body, directions)) for _ in range(100)]
        assert max(apart(angle, directions[finding]) for angle in angles) < 22.5
        assert np.std(angles) > 5


def place_of(region_HW: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    rows, columns = np.nonzero(region_HW)
    return np.array([columns.mean(), rows.mean()])


def made_of(scene: Scene, *tissues: Tissue) -> npt.NDArray[np.bool_]:
    indices = [number for number, tissue in enumerate(scene.tissues) if tissue in tissues]
    return np.isin(scene.tissue_HW, indices)


def parts(scene: Scene) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]] | None:
    """Return the fluid within head or trunk and the whole of it, where they can be told apart."""
    fluid_HW = made_of(scene, FLUID)
    if fluid_HW.sum() < 6:
        return None
    head_HW = made_of(scene, BRAIN, SKULL)
    if head_HW.any():
        return fluid_HW, head_HW
    _, numbers_HW = cv2.connectedComponents((~made_of(scene, POOL)).astype(np.uint8))
    column, row = place_of(fluid_HW).astype(int)
    trunk_HW = numbers_HW == numbers_HW[row, column]
    # Where it touches placenta or wall, the outline cannot be found.
    return None if trunk_HW.mean() > 0.42 else (fluid_HW, trunk_HW)


@pytest.mark.parametrize(
    ("anatomy", "directions"), [(HEAD_POSITION, OCCIPUT), (SACRAL_POSITION, SACRUM)]
)
def test_fluid_lies_on_the_side_away_from_occiput_and_sacrum(
    anatomy: Anatomy, directions: dict[str, int]
) -> None:
    """Orbits and cavum lie before the middle of the head, the bladder before the sacrum."""
    found: dict[str, list[float]] = {}
    for finding in anatomy.findings:
        for seed in range(24):
            if pair := parts(painted(anatomy, finding, seed)):
                fluid_HW, whole_HW = pair
                x, y = place_of(fluid_HW) - place_of(whole_HW)
                behind = np.degrees(np.arctan2(y, -x))
                found.setdefault(finding, []).append(apart(behind, directions[finding]))
    assert len(found) >= 6
    for finding, angles in found.items():
        assert max(angles) < 35, finding
        assert np.median(angles) < 15, finding
