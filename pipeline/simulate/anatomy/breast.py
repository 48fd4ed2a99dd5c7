"""Breast under a linear probe: normal, or with one benign or malignant lesion."""

import numpy as np

from pipeline.simulate.anatomy.tissue import skin_layers, wavy_depth
from pipeline.simulate.scene import Scene
from pipeline.simulate.shapes import Point, blob, random_waves


def breast(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a breast; `finding` is benign, malignant or normal. Mask 1 is the lesion."""
    _glandular_tissue(scene, rng)
    center = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.12, 0.22)))
    if finding == "benign":
        _benign(scene, rng, center)
    elif finding == "malignant":
        _malignant(scene, rng, center)


def _glandular_tissue(scene: Scene, rng: np.random.Generator) -> None:
    scene.texture(rng, 0.25, 2.0)
    scene.paint(-wavy_depth(scene, rng, 0.75, 0.05), -4 + 4 * np.sin(scene.y_HW * 50))
    scene.outline(wavy_depth(scene, rng, 0.75, 0.05), 8, 0.025)
    skin_layers(scene, rng, fat=-0.68, muscle=-0.55)
    for _ in range(3):
        lobule = (float(rng.uniform(-1.2, 1.2)), float(rng.uniform(-0.5, 0.6)))
        distance = blob(scene.x_HW, scene.y_HW, lobule, (rng.uniform(0.2, 0.4), 0.12))
        scene.paint(distance, -7, soft=0.1)


def _benign(scene: Scene, rng: np.random.Generator, center: Point) -> None:
    """A smooth oval, wider than tall, with a thin capsule and sound passing through."""
    radii = (float(rng.uniform(0.32, 0.46)), float(rng.uniform(0.17, 0.26)))
    waves = random_waves(rng, (2, 3), 0.05)
    distance = blob(scene.x_HW, scene.y_HW, center, radii, float(rng.uniform(-0.2, 0.2)), waves)
    scene.outline(distance, 8, 0.025)
    scene.paint(distance, float(rng.uniform(-24, -17)))
    scene.attenuate(distance, 0.2)
    scene.label(distance, 1)


def _malignant(scene: Scene, rng: np.random.Generator, center: Point) -> None:
    """A spiculated mass, taller than wide, with a bright halo and a shadow."""
    radii = (float(rng.uniform(0.2, 0.3)), float(rng.uniform(0.3, 0.42)))
    waves = random_waves(rng, (5, 7, 9, 12), 0.13)
    distance = blob(scene.x_HW, scene.y_HW, center, radii, float(rng.uniform(-0.3, 0.3)), waves)
    scene.paint(distance - np.float32(0.1), 6, soft=0.12)
    scene.paint(distance, float(rng.uniform(-28, -20)), soft=0.04)
    scene.attenuate(distance, 1.9)
    scene.label(distance, 1)
