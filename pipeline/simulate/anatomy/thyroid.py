"""Thyroid lobe, across or along, with one nodule.

Normal lobe: 1.3 to 1.8 cm deep and wide, 4 to 6 cm long (Chaudhary and Bano, Indian J Endocrinol
Metab 2013;17:219). Signs are those of TI-RADS (Tessler et al. 2017); their shares are our
assumption.
"""

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, happens, normal, one_of, ripples, side
from pipeline.simulate.anatomy.texture import fibres
from pipeline.simulate.anatomy.tissue import FLESH, fleck, inside, skin_and_fat, vessel
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BLOOD, CARTILAGE, GAS

INSIDES = {"hypoechoic": 0.5, "isoechoic": 0.2, "hyperechoic": 0.1, "cystic": 0.1, "mixed": 0.1}
HALO, MICROCALCIFICATIONS = 0.5, 0.25


def thyroid(body: Body) -> None:
    """Paint a lobe in the neck; the finding is nodule. Mask 1 is the nodule."""
    neck = body.whole()
    body.fill(neck, fibres(body, neck, normal(body.look, 0, 0.05)) - 2, FLESH)
    left = side(body.shape)
    thick = normal(body.shape, 0.8, 0.12)
    top = normal(body.shape, 1.0, 0.15)
    middle = normal(body.shape, 0, 0.35)
    if happens(body.shape, 0.35):
        lobe = ((middle, top + thick), (normal(body.shape, 2.4, 0.25), thick))
    else:
        lobe = ((middle, top + thick), (normal(body.shape, 1.05, 0.12), thick))
        _around(body, middle, left, top)
    _strap_muscles(body, top)
    gland = body.ellipse(*lobe, left * 0.1)
    body.fill(gland, 4 + body.uneven(gland, 0.3, 1.2))
    body.edge(gland, 8)
    _nodule(body, *lobe)


def _strap_muscles(body: Body, top: float) -> None:
    layer = body.above(top + 0.05, waves=((1.5, 0.08, between(body.look, 0, 6)),))
    body.fill(layer, fibres(body, layer) - 3, FLESH)
    skin_and_fat(body, 0.45 * top)


def _around(body: Body, middle: float, left: float, top: float) -> None:
    """Paint trachea, carotid artery, jugular vein and the long muscle behind."""
    trachea = body.ellipse((middle + left * 2.0, top + 1.1), (0.95, 0.9))
    body.fill(trachea, -12, CARTILAGE)
    body.edge(trachea, 6, half=0.05)
    body.fill(trachea.grown(-0.18), -20, GAS)
    artery = (middle - left * between(body.shape, 1.55, 1.75), top + between(body.shape, 0.9, 1.2))
    vessel(body, [artery, (artery[0], artery[1] + 0.02)], between(body.shape, 0.28, 0.36), 9)
    vein = (artery[0] - left * 0.3, artery[1] - 0.6)
    body.fluid(
        body.ellipse(vein, (0.45, between(body.look, 0.08, 0.25)), left * 0.3), DARK + 6, 2, BLOOD
    )
    behind = body.ellipse((middle - left * 0.4, top + 2.05), (1.3, 0.35), left * 0.1)
    body.fill(behind, fibres(body, behind) - 5, FLESH)
    body.edge(behind, 3)


def _nodule(body: Body, lobe: Point, size: Point) -> None:
    """Paint a nodule of 0.6 to 1.6 cm that lies within the lobe or bulges a little."""
    largest = min(0.95 * size[1], 0.85)
    long = min(largest, max(0.28, normal(body.shape, 0.52, 0.16)))
    radii = (long, long * normal(body.shape, 0.85, 0.13))
    room = (max(0.05, size[0] - 1.05 * radii[0]), max(0.03, size[1] - radii[1]))
    center = inside(body.shape, lobe, room, 0.95)
    lobed = ripples(body.shape, (2, 3, 5), 0.09 if happens(body.shape, 0.3) else 0.04)
    nodule = body.ellipse(center, radii, normal(body.shape, 0, 0.5), lobed)
    kind = one_of(body.look, INSIDES)
    halo, flecks = happens(body.look, HALO), happens(body.look, MICROCALCIFICATIONS)
    difference = {
        "hypoechoic": -between(body.look, 10, 18), "isoechoic": -between(body.look, 2, 5),
        "hyperechoic": between(body.look, 5, 8), "cystic": -30.0, "mixed": -5.0,
    }[kind]  # fmt: skip
    body.fill(nodule, 4 + body.contrast(difference) + body.uneven(nodule, 0.15, 1.5))
    if halo or kind == "isoechoic":
        body.edge(nodule, 4 - body.contrast(13), half=0.05)
    if kind == "cystic":
        body.attenuate(nodule, 0.1)
    if kind == "mixed":
        part = inside(body.look, center, radii, 0.4)
        space = body.ellipse(part, (0.55 * radii[0], 0.5 * radii[1])).within(nodule)
        body.fluid(space, DARK + 8)
    for _ in range(6 if flecks else 0):
        fleck(body, inside(body.look, center, radii, 0.75), 0.03, 11)
    body.label(nodule, 1)
