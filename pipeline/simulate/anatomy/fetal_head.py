"""The fetal head: the standard brain plane, and its rotation seen during labour."""

import numpy as np

from pipeline.simulate.anatomy.tissue import bone
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import Field, Point, blob, capsule, on_ellipse

# Where the back of the head points on the screen, degrees anticlockwise from the right.
OCCIPUT = {
    "NOA": 90, "LOA": 45, "LOT": 0, "LOP": -45, "NOP": -90, "ROP": -135, "ROT": 180, "ROA": 135,
}  # fmt: skip


def uterine_wall(scene: Scene, rng: np.random.Generator) -> None:
    """Paint womb wall and amniotic fluid around the middle of the scene."""
    scene.texture(rng, 0.3, 2.5)
    fluid = blob(scene.x_HW, scene.y_HW, (0.0, 0.1), (1.15, 0.86), float(rng.uniform(-0.2, 0.2)))
    scene.paint(fluid, FLUID + 4)


def skull(scene: Scene, center: Point, radii: Point, angle: float) -> Field:
    """Paint a skull filled with brain; return the distance to its outer edge."""
    distance = blob(scene.x_HW, scene.y_HW, center, radii, angle)
    scene.paint(distance, -15)
    ring = np.abs(distance + np.float32(0.03)) - np.float32(0.032)
    bone(scene, ring, loss=22)
    return distance


def fetal_head(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the transthalamic plane; `finding` is head. Mask 1 is the whole head."""
    uterine_wall(scene, rng)
    center = (float(rng.uniform(-0.15, 0.15)), float(rng.uniform(0.0, 0.2)))
    long = float(rng.uniform(0.56, 0.74))
    angle = float(rng.uniform(-0.5, 0.5))
    distance = skull(scene, center, (long, long * float(rng.uniform(0.72, 0.82))), angle)
    _brain(scene, center, long, angle)
    scene.label(distance, 1)


def _brain(scene: Scene, center: Point, long: float, angle: float) -> None:
    radii = (long * 0.85, long * 0.5)
    front, back = (on_ellipse(center, radii, angle, turn) for turn in (0.0, np.pi))
    scene.paint(capsule(scene.x_HW, scene.y_HW, front, back, 0.012), 8)
    cavum = on_ellipse(center, (radii[0] * 0.55, 0.0), angle, 0.0)
    scene.paint(blob(scene.x_HW, scene.y_HW, cavum, (0.1, 0.045), angle), FLUID + 8)
    for turn in (2.35, -2.35):
        plexus = on_ellipse(center, (radii[0] * 0.7, radii[1] * 0.55), angle, turn)
        scene.paint(blob(scene.x_HW, scene.y_HW, plexus, (0.17, 0.06), angle), 4)


def head_position(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a head seen from the front of the belly; `finding` is LOA ... ROT.

    Eyes lie at the face's end, cerebellum and spine at the occiput's.
    """
    uterine_wall(scene, rng)
    center = (float(rng.uniform(-0.1, 0.1)), float(rng.uniform(0.02, 0.16)))
    angle = -float(np.radians(OCCIPUT[finding] + rng.uniform(-7, 7)))
    skull(scene, center, (0.64, 0.5), angle)
    spine = (
        on_ellipse(center, (0.74, 0.0), angle, 0.0),
        on_ellipse(center, (1.1, 0.0), angle, 0.0),
    )
    scene.paint(capsule(scene.x_HW, scene.y_HW, *spine, 0.16), 14)
    cerebellum = on_ellipse(center, (0.36, 0.0), angle, 0.0)
    scene.paint(blob(scene.x_HW, scene.y_HW, cerebellum, (0.22, 0.34), angle), 9)
    for turn in (2.55, -2.55):
        eye = on_ellipse(center, (0.46, 0.38), angle, turn)
        distance = blob(scene.x_HW, scene.y_HW, eye, (0.14, 0.14))
        scene.outline(distance, 14, 0.03)
        scene.paint(distance, FLUID)
    middle = (
        on_ellipse(center, (0.2, 0.0), angle, 0.0),
        on_ellipse(center, (0.3, 0.0), angle, np.pi),
    )
    scene.paint(capsule(scene.x_HW, scene.y_HW, *middle, 0.015), 8)
