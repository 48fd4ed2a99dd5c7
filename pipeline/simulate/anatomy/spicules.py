"""Spicules: tapering strands in which an invasive mass grows into what surrounds it.

Their number, direction, length and width follow no rule; many come in tufts, more of them to the
sides than up or down. Our assumption, after the pictures of Stavros et al., Radiology
1995;196:123.
"""

from dataclasses import dataclass

import numpy as np

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.draws import between, happens, normal, side
from pipeline.simulate.anatomy.region import Region
from pipeline.simulate.shapes import Point, Wave, blob, capsule, on_ellipse

# Share of tufts that point to a side, of spicules that belong to a tuft, spread of a tuft, radians.
SIDEWAYS, TUFTED, TUFT = 0.6, 0.65, 0.3
# Middle length beyond the edge, share of the radius; what is left of the width at bend and tip.
LENGTH, BEND, TIP = 0.5, 0.5, 0.08


@dataclass(frozen=True)
class Core:
    """The body of a mass: an ellipse, its outline moved by `waves`."""

    center: Point
    radii: Point
    tilt: float
    waves: tuple[Wave, ...]

    def at(self, around: float, away: float) -> Point:
        """Return the place `away` radii from the middle; `around` in radians."""
        radii = (self.radii[0] * away, self.radii[1] * away)
        return on_ellipse(self.center, radii, self.tilt, around)


@dataclass(frozen=True)
class Spicule:
    """A strand through `points` from within the mass to its tip; half `width` in cm at its root.

    It leaves the core at the parameter `around`, radians.
    """

    around: float
    points: tuple[Point, Point, Point]
    width: float


def tufts(rng: np.random.Generator) -> list[float]:
    """Draw one to three directions in which most spicules of a mass grow."""
    return [
        normal(rng, 0.0 if side(rng) > 0 else float(np.pi), 0.4)
        if happens(rng, SIDEWAYS)
        else between(rng, 0, 2 * np.pi)
        for _ in range(int(rng.integers(1, 4)))
    ]


def spicules(
    rng: np.random.Generator, core: Core, directions: list[float], count: int, width: float
) -> list[Spicule]:
    """Draw spicules of a mass; at its edge they are about `width` mean radii wide to each side."""
    mean = width * float(np.sqrt(core.radii[0] * core.radii[1]))
    return [_spicule(rng, core, directions, mean) for _ in range(count)]


def _spicule(rng: np.random.Generator, core: Core, directions: list[float], mean: float) -> Spicule:
    around = directions[int(rng.integers(len(directions)))] + normal(rng, 0, TUFT)
    if not happens(rng, TUFTED):
        around = between(rng, 0, 2 * np.pi)
    length, turn = LENGTH * float(np.exp(normal(rng, 0, 0.55))), normal(rng, 0, 0.2)
    points = (
        core.at(around, 0.7),
        core.at(around + 0.3 * turn, 1 + 0.4 * length),
        core.at(around + turn, 1 + length),
    )
    return Spicule(around, points, mean * float(np.exp(normal(rng, 0, 0.4))))


def spiculated(body: Body, core: Core, grown: list[Spicule]) -> Region:
    """Return a core and its spicules as one shape."""
    tips = [float(np.hypot(*np.subtract(each.points[-1], core.center))) for each in grown]
    reach = max([1.3 * max(core.radii), *tips])
    window = body.ellipse(core.center, (reach, reach)).window
    x_HW, y_HW = body.x_HW[window], body.y_HW[window]
    parts = [blob(x_HW, y_HW, core.center, core.radii, core.tilt, core.waves)]
    for each in grown:
        root, bend, tip = each.points
        parts.append(capsule(x_HW, y_HW, root, bend, each.width, BEND * each.width))
        parts.append(capsule(x_HW, y_HW, bend, tip, BEND * each.width, TIP * each.width))
    return Region(window, np.minimum.reduce(parts))
