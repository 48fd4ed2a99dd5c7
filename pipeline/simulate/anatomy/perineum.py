"""Head and pubic symphysis seen through the perineum during labour.

The angle of progression is about 80 to 170 degrees (Barbera et al. 2009; ISUOG guideline, Ghi et
al. 2018). The symphysis is 3 to 4 cm long.
"""

from dataclasses import replace

import numpy as np

from pipeline.simulate.anatomy.axes import Axes
from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.draws import between, normal
from pipeline.simulate.anatomy.fetus import skull
from pipeline.simulate.anatomy.tissue import background, gas, skin_and_fat
from pipeline.simulate.shapes import Point, on_ellipse
from pipeline.simulate.tissues import CARTILAGE

AOP_MEAN, AOP_SPREAD = 120.0, 19.0


def head_and_symphysis(body: Body) -> None:
    """Paint both; the finding is labour.

    Masks: 1 symphysis, 2 head. Landmarks: upper and lower end of the symphysis, and the point
    where a line from its lower end touches the head (these define the angle of progression).
    """
    background(body, -4, 1.2, 2.0)
    gas(body, (between(body.look, 3, 5), between(body.look, 2.5, 6)), 0.35, 0.3)
    tilt, half = normal(body.shape, 0.1, 0.13), normal(body.shape, 1.7, 0.15)
    middle = (normal(body.shape, -1.4, 0.3), normal(body.shape, 2.5, 0.25))
    size = (half, normal(body.shape, 0.65, 0.06))
    bone = Axes(middle, tilt)
    upper, lower = bone.at(-half), bone.at(half)
    center, radii, angle, touch = _head_at(body, lower, tilt, size[1])
    head = skull(body, center, radii, angle)
    symphysis = body.ellipse(middle, size, tilt)
    skin_and_fat(body, between(body.look, 0.4, 0.9))
    echo = -6 - body.contrast(7) + body.uneven(symphysis, 0.4, 1.0)
    body.fill(symphysis, echo, replace(CARTILAGE, attenuation=1.2))
    body.edge(symphysis, 2 + body.contrast(8), half=0.11)
    body.label(head, 2)
    body.label(symphysis, 1)
    for point in (upper, lower, touch):
        body.landmark(point)


def _head_at(
    body: Body, lower: Point, tilt: float, thickness: float
) -> tuple[Point, Point, float, Point]:
    """Place the head so that it has the angle of progression that was drawn.

    Return its middle, radii and turn, and the point where the tangent touches it.

    The tangent leaves the lower end of the symphysis at that angle to the symphysis' upper end,
    over the inside of the pelvis; the head touches it from there.
    """
    long = normal(body.shape, 5.2, 0.25)
    radii, angle = (long, 0.8 * long), normal(body.shape, 0.9, 0.3)
    progress = np.radians(normal(body.shape, AOP_MEAN, AOP_SPREAD))
    # Turning from the upper end over the depth to the right is anticlockwise on the screen.
    tangent = tilt + np.pi - progress
    inward = tangent + np.pi / 2
    # The outline's point that is farthest against `inward`.
    u, v = -np.cos(inward - angle) * radii[0], -np.sin(inward - angle) * radii[1]
    around = float(np.arctan2(v, u))
    edge = on_ellipse((0.0, 0.0), radii, angle, around)
    away = between(body.shape, 3.2, 4.6)
    # The head lies behind the symphysis, not in it.
    while True:
        touch = (
            lower[0] + away * float(np.cos(tangent)),
            lower[1] + away * float(np.sin(tangent)),
        )
        center = (touch[0] - edge[0], touch[1] - edge[1])
        if _gap(lower, tilt, center, radii, angle) > thickness + 0.15:
            return center, radii, angle, touch
        away += 0.2


def _gap(lower: Point, tilt: float, center: Point, radii: Point, angle: float) -> float:
    """Return about how far a head stays from the symphysis' axis, cm."""
    axis = Axes(lower, tilt)
    gaps = []
    for back in (0.0, -0.9, -1.8, -2.7, -3.6):
        point = axis.at(back)
        du, dv = point[0] - center[0], point[1] - center[1]
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        u, v = (du * cos + dv * sin) / radii[0], (dv * cos - du * sin) / radii[1]
        gaps.append((float(np.hypot(u, v)) - 1) * min(radii))
    return min(gaps)
