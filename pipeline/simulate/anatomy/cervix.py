"""Cervix: by transvaginal probe along its canal, and as a round section in a sector scan."""

import numpy as np

from pipeline.simulate.anatomy.tissue import cyst
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import blob, capsule, random_waves, turned


def cervical_canal(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint both lips along the canal; `finding` is cervix.

    Masks: 1 anterior lip, 2 posterior lip. Landmarks: internal os, external os.
    """
    angle = float(rng.uniform(-0.35, 0.15))
    half = float(rng.uniform(0.45, 0.62))
    middle = (float(rng.uniform(-0.2, 0.2)), float(rng.uniform(-0.08, 0.28)))
    step = (half * float(np.cos(angle)), half * float(np.sin(angle)))
    inner = (middle[0] - step[0], middle[1] - step[1])
    outer = (middle[0] + step[0], middle[1] + step[1])
    scene.texture(rng, 0.3, 2.5)
    bladder = (inner[0] + 0.05, inner[1] - rng.uniform(0.6, 0.7))
    cyst(scene, blob(scene.x_HW, scene.y_HW, bladder, (0.45, 0.2), angle), wall=6)
    womb = blob(scene.x_HW, scene.y_HW, (inner[0] - 0.55, inner[1] + 0.1), (0.55, 0.6))
    scene.paint(womb, FLUID)
    scene.outline(womb, 7, 0.02)
    _lips(scene, rng, middle, angle, half)
    canal = capsule(scene.x_HW, scene.y_HW, inner, outer, 0.025)
    scene.paint(canal, 14)
    scene.paint(blob(scene.x_HW, scene.y_HW, inner, (0.07, 0.09), angle), FLUID + 6)
    scene.landmark(inner)
    scene.landmark(outer)


def _lips(
    scene: Scene, rng: np.random.Generator, middle: tuple[float, float], angle: float, half: float
) -> None:
    thickness = float(rng.uniform(0.26, 0.36))
    body = blob(
        scene.x_HW,
        scene.y_HW,
        middle,
        (half * 1.1, thickness),
        angle,
        random_waves(rng, (2, 3), 0.04),
    )
    _, across = turned(scene.x_HW, scene.y_HW, middle, angle)
    scene.outline(body, 5, 0.02)
    scene.paint(body, -18 + scene.unevenness(rng, 0.2) * np.float32(1.5))
    scene.label(np.maximum(body, across + np.float32(0.02)), 1)
    scene.label(np.maximum(body, np.float32(0.02) - across), 2)


def cervix_section(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a small round cervix behind the bladder; `finding` is cervix. Mask 1 is the cervix."""
    scene.texture(rng, 0.25, 3.0)
    bladder = (float(rng.uniform(-0.2, 0.2)), float(rng.uniform(-0.6, -0.5)))
    cyst(scene, blob(scene.x_HW, scene.y_HW, bladder, (0.45, 0.18)), wall=6)
    center = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(0.05, 0.4)))
    radius = float(rng.uniform(0.22, 0.32))
    distance = blob(
        scene.x_HW, scene.y_HW, center, (radius * 1.1, radius), 0, random_waves(rng, (2, 3), 0.05)
    )
    scene.outline(distance, 9, 0.03)
    scene.paint(distance, -16)
    scene.paint(blob(scene.x_HW, scene.y_HW, center, (0.1, 0.025)), 8)
    scene.label(distance, 1)
