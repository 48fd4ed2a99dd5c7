"""Edges that the picture hides: the part asked for, and no label."""

import numpy as np

from pipeline.simulate.anatomy.edges import fade, grazed
from pipeline.simulate.atlas import OVARY
from pipeline.simulate.shapes import Field
from tests.simulate.anatomy.bodies import body_of

CENTER = (0.0, 4.0)


def test_fading_hides_one_part_of_an_edge() -> None:
    body = body_of(OVARY, "tumor", 1)
    mass = body.ellipse(CENTER, (2.0, 2.0))
    body.fluid(mass, wall=6)
    body.label(mass, 1)
    echo_HW, surface_HW = body.scene.echo_HW.copy(), body.scene.surface_HW.copy()
    mask_HW = body.scene.mask_HW.copy()
    fade(body, mass, CENTER, 0.0, 0.3, 0.3)
    right_HW = body.x_HW > 0
    changed_HW = np.abs(body.scene.echo_HW - echo_HW) > 1
    assert changed_HW.any()
    assert not changed_HW[~right_HW].any()
    assert np.array_equal(body.scene.mask_HW, mask_HW)

    def step(echo: Field) -> float:
        """Return the greatest change from pixel to pixel across the faded part."""
        row = int(np.abs(body.y_HW[:, 0] - CENTER[1]).argmin())
        return float(np.abs(np.diff(echo[row][right_HW[row]])).max())

    assert step(body.scene.echo_HW) < 0.6 * step(echo_HW)
    assert body.scene.surface_HW[right_HW].sum() < surface_HW[right_HW].sum()


def test_a_mirror_loses_most_where_beams_run_along_it() -> None:
    body = body_of(OVARY, "tumor", 1)
    mass = body.ellipse(CENTER, (2.0, 2.0))
    lost_HW = grazed(body, mass)
    x_HW, y_HW = body.x_HW[mass.window], body.y_HW[mass.window]
    ring_HW = np.abs(mass.distance_HW) < 0.1
    top = lost_HW[ring_HW & (np.abs(x_HW) < 0.3) & (y_HW < CENTER[1])]
    flank = lost_HW[ring_HW & (np.abs(y_HW - CENTER[1]) < 0.3)]
    assert top.min() > -2
    assert flank.max() < -15
