"""Thyroid lobe in the transverse plane with one nodule."""

import numpy as np

from pipeline.simulate.anatomy.tissue import bone, skin_layers, vessel
from pipeline.simulate.scene import Scene
from pipeline.simulate.shapes import blob, random_waves


def thyroid(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a lobe beside the trachea; `finding` is nodule. Mask 1 is the nodule."""
    side = -1.0 if rng.random() < 0.5 else 1.0
    scene.texture(rng, 0.3, 2.0)
    scene.paint(-(scene.y_HW - 0.62), -8 + 4 * np.sin(scene.y_HW * 55))
    skin_layers(scene, rng, fat=-0.7, muscle=-0.42)
    lobe = blob(scene.x_HW, scene.y_HW, (side * 0.1, 0.12), (0.85, 0.52), side * 0.15)
    scene.paint(lobe, 5)
    scene.outline(lobe, 9, 0.015)
    ring = blob(scene.x_HW, scene.y_HW, (side * 1.1, 0.1), (0.42, 0.42))
    scene.paint(ring, -20)
    bone(scene, np.abs(ring + np.float32(0.05)) - np.float32(0.03), echo=12, loss=90)
    vessel(scene, (-side * 0.95, 0.25), (-side * 0.95, 0.27), 0.2, wall=9)
    if finding == "nodule":
        _nodule(scene, rng, side)


def _nodule(scene: Scene, rng: np.random.Generator, side: float) -> None:
    center = (float(rng.uniform(-0.35, 0.35) - side * 0.05), float(rng.uniform(-0.08, 0.3)))
    radii = (float(rng.uniform(0.17, 0.33)), float(rng.uniform(0.15, 0.26)))
    waves = random_waves(rng, (2, 3, 5), 0.06)
    distance = blob(scene.x_HW, scene.y_HW, center, radii, float(rng.uniform(0, np.pi)), waves)
    scene.outline(distance, -16, 0.03)
    scene.paint(distance, float(rng.uniform(-24, -12)) + scene.unevenness(rng, 0.1) * 2)
    for _ in range(int(rng.integers(0, 4))):
        fleck = (center[0] + rng.uniform(-0.1, 0.1), center[1] + rng.uniform(-0.1, 0.1))
        scene.paint(blob(scene.x_HW, scene.y_HW, fleck, (0.025, 0.02)), 12)
    scene.label(distance, 1)
