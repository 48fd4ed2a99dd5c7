"""Head and pubic symphysis seen through the perineum during labour."""

import numpy as np

from pipeline.simulate.anatomy.fetal_head import skull
from pipeline.simulate.scene import Scene
from pipeline.simulate.shapes import Point, blob, on_ellipse


def head_and_symphysis(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint both; `finding` is labour.

    Masks: 1 symphysis, 2 head. Landmarks: upper and lower end of the symphysis, and the point
    where a line from its lower end touches the head (these define the angle of progression).
    """
    scene.echo_HW -= np.float32(9)
    scene.texture(rng, 0.25, 2.0)
    tilt = float(rng.uniform(0.3, 0.8))
    middle = (float(rng.uniform(-0.6, -0.25)), float(rng.uniform(-0.5, -0.22)))
    size = (float(rng.uniform(0.22, 0.3)), float(rng.uniform(0.09, 0.12)))
    upper, lower = (on_ellipse(middle, size, tilt, turn) for turn in (np.pi, 0.0))
    long, angle = float(rng.uniform(0.42, 0.58)), float(rng.uniform(0.3, 1.0))
    radii = (long, long * float(rng.uniform(0.74, 0.85)))
    # The head lies off the lower end of the symphysis, so the touching line always exists.
    course, away = float(rng.uniform(0.35, 1.2)), long + float(rng.uniform(0.06, 0.22))
    center = (lower[0] + away * float(np.cos(course)), lower[1] + away * float(np.sin(course)))
    head = skull(scene, center, radii, angle)
    symphysis = blob(scene.x_HW, scene.y_HW, middle, size, tilt)
    scene.outline(symphysis - np.float32(0.03), 16, 0.04)
    scene.paint(symphysis, -24)
    scene.label(head, 2)
    scene.label(symphysis, 1)
    for point in (upper, lower, tangent_point(lower, center, radii, angle)):
        scene.landmark(point)


def tangent_point(outside: Point, center: Point, radii: Point, angle: float) -> Point:
    """Return where a line from `outside` touches an ellipse, of two points the right one.

    In the ellipse's own axes, scaled to a unit circle, the touching points lie at
    `atan2(v, u) +- acos(1 / r)`.
    """
    du, dv = outside[0] - center[0], outside[1] - center[1]
    cos, sin = np.cos(angle), np.sin(angle)
    u, v = (du * cos + dv * sin) / radii[0], (dv * cos - du * sin) / radii[1]
    toward, spread = np.arctan2(v, u), np.arccos(1 / np.hypot(u, v))
    touching = [on_ellipse(center, radii, angle, toward + turn) for turn in (spread, -spread)]
    return max(touching)
