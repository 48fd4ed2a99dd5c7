"""Ribs, cut across: an arc that is convex to the probe, and a shadow behind it."""

import numpy as np

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.draws import between, normal
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BONE, CARTILAGE, Tissue


def rib(body: Body, top: Point, half_width: float, tissue: Tissue = BONE) -> Region:
    """Paint a rib whose front face is nearest to the probe at `top`; return it. Lengths in cm.

    Bone shows no more than its front face. Near the breastbone a rib is cartilage: a dark oval.
    """
    radii = (half_width, half_width * between(body.look, 0.5, 0.65))
    lump = ((3, 0.05, between(body.look, 0, 2 * np.pi)),)
    outline = body.ellipse((top[0], top[1] + radii[1]), radii, normal(body.look, 0, 0.12), lump)
    body.fill(outline, -12 if tissue is CARTILAGE else -4, tissue)
    if tissue is CARTILAGE:
        body.edge(outline, 3, half=0.04)
    return outline
