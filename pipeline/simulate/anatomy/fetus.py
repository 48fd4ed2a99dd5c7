"""How large a fetus is, and what surrounds it in the womb.

Sizes by gestational age: INTERGROWTH-21st (Papageorghiou et al., Lancet 2014;384:869), formulas
for the mean in mm; the standard deviation is about 5 % of the mean.
"""

from dataclasses import dataclass, replace

import numpy as np

from pipeline.simulate.anatomy.body import DARK, Body
from pipeline.simulate.anatomy.draws import between, normal, one_of, ripples
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.anatomy.tissue import POOL, background, belly_wall
from pipeline.simulate.shapes import Point
from pipeline.simulate.tissues import BRAIN, FETAL_BONE

SPREAD = 0.05
# Thin and not yet hard: less is lost in it than in long bones.
SKULL = replace(FETAL_BONE, attenuation=5.0)
PLACENTA = {"anterior": 0.4, "posterior": 0.35, "beyond": 0.25}


@dataclass(frozen=True)
class Fetus:
    """Sizes in cm: skull across (outer) and along, belly's mean radius, femur's length."""

    across: float
    along: float
    belly: float
    femur: float


def fetus_of(body: Body, youngest: float = 22, oldest: float = 36) -> Fetus:
    """Draw a fetus of so many weeks."""
    weeks = between(body.shape, youngest, oldest)
    log = float(np.log(weeks))
    size = 1 + normal(body.shape, 0, SPREAD)
    girth = -81.3243 + 11.6772 * weeks - 0.000561865 * weeks**3
    return Fetus(
        across=size * (5.60878 + 0.158369 * weeks**2 - 0.00256379 * weeks**3) / 10,
        along=size * (-12.4097 + 0.626342 * weeks**2 - 0.148075 * weeks**2 * log) / 10,
        belly=size * girth / 20 / np.pi,
        femur=size * (-39.9616 + 4.32298 * weeks - 0.0380156 * weeks**2) / 10,
    )


def womb(body: Body) -> float:
    """Paint belly wall, uterus, amniotic fluid and placenta; return where the fluid starts, cm."""
    background(body, -1, 1.5, 2.0)
    top = belly_wall(body)
    middle = (normal(body.look, 0, 0.4), 0.5 * (top + body.depth_cm) + 0.2)
    radii = (between(body.look, 4.8, 7.5), 0.5 * (body.depth_cm - top) - between(body.look, 0, 0.5))
    waves = ripples(body.look, (2, 3, 5), 0.03)
    cavity = body.ellipse(middle, radii, normal(body.look, 0, 0.15), waves)
    body.fluid(cavity, DARK + between(body.look, 2, 12), tissue=POOL)
    where = one_of(body.look, PLACENTA)
    thick = between(body.look, 1.2, 2.4)
    lobes = ripples(body.look, (3, 5), 0.08)
    if where != "beyond":
        deep = where == "posterior"
        y = middle[1] + (radii[1] if deep else -radii[1])
        place = (normal(body.look, 0, 2.5), y)
        lump = body.ellipse(place, (between(body.look, 4, 6), thick), 0, lobes).within(cavity)
        body.fill(lump, 1 + body.uneven(lump, 0.7, 2.0))
    return top


def room(body: Body, top: float, reach: Point) -> Point:
    """Draw where a part of so much reach lies, between the womb's front wall and the far edge."""
    spare = max(0.1, body.depth_cm - 0.7 - top - 2 * reach[1])
    return (
        normal(body.shape, 0, 0.12 * body.half_width),
        top + 0.35 + reach[1] + between(body.shape, 0.1, 0.9) * spare,
    )


def skull(
    body: Body, center: Point, radii: Point, angle: float, egg: float = 0.0, echo: float = 9
) -> Region:
    """Paint a skull of so much echo, filled with brain; return all within its outer edge.

    `egg` makes the end to which `angle` points more pointed.
    """
    head = body.ellipse(center, radii, angle, ((1, egg, 0.0), (3, 0.4 * egg, np.pi)))
    thick = 0.12 + 0.02 * min(radii)
    body.bone(head, echo, SKULL)
    brain = head.grown(-thick)
    body.fill(brain, -11 + body.uneven(brain, 0.7, 1.5), BRAIN)
    return head


def vertebra(body: Body, center: Point, direction: float, size: float) -> None:
    """Paint three centres of bone as in a section across the spine, open to `direction`."""
    for turn in (0.0, 2.2, -2.2):
        angle = direction + np.pi + turn
        place = (
            center[0] + size * float(np.cos(angle)),
            center[1] + size * float(np.sin(angle)),
        )
        radius = 0.38 * size
        body.bone(body.ellipse(place, (radius * 1.3, radius), angle), 14, FETAL_BONE)
