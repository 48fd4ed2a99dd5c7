"""The female pelvis: fibroid of the uterus, tumor of the ovary."""

import numpy as np

from pipeline.simulate.anatomy.tissue import cyst
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import blob, capsule, random_waves


def uterus(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a uterus; `finding` is fibroid. Mask 1 is the fibroid."""
    scene.texture(rng, 0.3, 3)
    cyst(
        scene, blob(scene.x_HW, scene.y_HW, (float(rng.uniform(-0.3, 0.3)), -0.75), (0.5, 0.14)), 6
    )
    angle = float(rng.uniform(-0.3, 0.3))
    middle = (float(rng.uniform(-0.1, 0.1)), 0.12)
    body = blob(scene.x_HW, scene.y_HW, middle, (0.85, 0.55), angle, ((1, 0.1, 0.3),))
    scene.paint(body, -3)
    scene.outline(body, 6, 0.02)
    step = (0.45 * float(np.cos(angle)), 0.45 * float(np.sin(angle)))
    stripe = capsule(
        scene.x_HW, scene.y_HW, (middle[0] - step[0], middle[1] - step[1]),
        (middle[0] + step[0], middle[1] + step[1]), 0.04,
    )  # fmt: skip
    scene.paint(stripe, 9)
    if finding == "fibroid":
        _fibroid(scene, rng)


def _fibroid(scene: Scene, rng: np.random.Generator) -> None:
    center = (float(rng.uniform(-0.42, 0.42)), float(rng.uniform(-0.12, 0.38)))
    radii = (float(rng.uniform(0.2, 0.36)), float(rng.uniform(0.18, 0.32)))
    distance = blob(scene.x_HW, scene.y_HW, center, radii, 0, random_waves(rng, (2, 3), 0.05))
    whorls = 3 * np.sin(distance * np.float32(45))
    scene.outline(distance, 5, 0.02)
    scene.paint(distance, float(rng.uniform(-22, -16)) + whorls)
    scene.attenuate(distance, 1.0)
    scene.label(distance, 1)


def ovary(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint an ovarian mass; `finding` is tumor. Mask 1 is the whole mass."""
    scene.texture(rng, 0.25, 3)
    center = (float(rng.uniform(-0.25, 0.25)), float(rng.uniform(-0.12, 0.2)))
    radii = (float(rng.uniform(0.42, 0.65)), float(rng.uniform(0.36, 0.52)))
    angle = float(rng.uniform(-0.4, 0.4))
    distance = blob(
        scene.x_HW, scene.y_HW, center, radii, angle, random_waves(rng, (2, 3, 4), 0.05)
    )
    scene.outline(distance, 8, 0.04)
    scene.paint(distance, FLUID + float(rng.uniform(2, 16)))
    scene.attenuate(distance, 0.1)
    for _ in range(int(rng.integers(1, 4))):
        turn = rng.uniform(0, 2 * np.pi)
        edge = (center[0] + radii[0] * np.cos(turn), center[1] + radii[1] * np.sin(turn))
        if rng.random() < 0.5:
            wall = capsule(scene.x_HW, scene.y_HW, center, (float(edge[0]), float(edge[1])), 0.02)
            scene.paint(np.maximum(wall, distance), 4)
        else:
            knob = blob(scene.x_HW, scene.y_HW, (float(edge[0]), float(edge[1])), (0.2, 0.16))
            scene.paint(np.maximum(knob, distance), -2)
    scene.label(distance, 1)
