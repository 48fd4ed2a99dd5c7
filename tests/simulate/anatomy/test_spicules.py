"""Spicules of a mass follow no rule, and are part of its label where they are thick."""

import cv2
import numpy as np

from pipeline.io.seeds import generator
from pipeline.simulate.anatomy.spicules import Core, spiculated, spicules, tufts
from pipeline.simulate.atlas import BREAST
from tests.simulate.anatomy.bodies import body_of

CORE = Core((0.0, 2.0), (0.7, 0.5), 0.2, ())
SEEDS = range(40)


def gaps(seed: int) -> list[float]:
    """Return the angles from one spicule to the next, as shares of even spacing."""
    rng = generator(seed)
    grown = spicules(rng, CORE, tufts(rng), 8, 0.1)
    turns = np.sort([each.around % (2 * np.pi) for each in grown])
    steps = np.diff(turns, append=turns[0] + 2 * np.pi)
    return [float(step) for step in steps / (2 * np.pi / 8)]


def test_spicules_are_not_evenly_spaced() -> None:
    # Spicules of random direction have gaps of standard deviation near 1, even ones of 0.
    spread = [float(np.std(gaps(seed))) for seed in SEEDS]
    assert np.median(spread) > 0.8
    assert min(spread) > 0.3


def test_spicules_differ_in_length_and_width() -> None:
    for seed in SEEDS:
        rng = generator(seed)
        grown = spicules(rng, CORE, tufts(rng), 8, 0.1)
        for sizes in (
            [np.hypot(*np.subtract(each.points[-1], each.points[0])) for each in grown],
            [each.width for each in grown],
        ):
            assert max(sizes) > 1.2 * min(sizes)


def test_spicules_and_core_are_one_shape() -> None:
    body = body_of(BREAST, "malignant", 3)
    rng = generator(5)
    grown = spicules(rng, CORE, [0.0], 3, 0.2)
    mass, bare = spiculated(body, CORE, grown), spiculated(body, CORE, grown[:0])
    area, own = ((each.distance_HW < 0).sum() for each in (mass, bare))
    assert area > own
    for each in grown:
        assert each.width > 0
        x, y = body.x_HW[mass.window], body.y_HW[mass.window]
        on_way = np.hypot(x - each.points[1][0], y - each.points[1][1]).argmin()
        assert mass.distance_HW.flat[on_way] < body.pixel_cm
    whole, _ = cv2.connectedComponents((mass.distance_HW < 0).astype(np.uint8))
    assert whole == 2
