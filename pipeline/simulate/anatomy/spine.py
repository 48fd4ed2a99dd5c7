"""The spinal cord along its length, after injury."""

import numpy as np

from pipeline.simulate.anatomy.tissue import bone, skin_layers
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import blob, random_waves


def spinal_cord(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint cord, fluid, dura and vertebrae; `finding` is injury. Mask 1 is the injury."""
    scene.echo_HW -= np.float32(6)
    scene.texture(rng, 0.2, 2.5)
    skin_layers(scene, rng, fat=-0.8, muscle=-0.5)
    lean, depth = float(rng.uniform(-0.12, 0.12)), float(rng.uniform(0.0, 0.15))
    bend = 0.06 * np.sin(scene.x_HW * 2 + np.float32(rng.uniform(0, 6)))
    off_axis = scene.y_HW - np.float32(depth) - np.float32(lean) * scene.x_HW - bend
    dura = np.abs(off_axis) - np.float32(0.36)
    cord = np.abs(off_axis) - np.float32(rng.uniform(0.22, 0.27))
    scene.paint(dura, FLUID + 6)
    scene.outline(dura, 9, 0.02)
    scene.paint(cord, -14)
    scene.outline(cord, 4, 0.02)
    scene.outline(off_axis, 0, 0.02)
    for x in np.arange(-1.6, 1.7, float(rng.uniform(0.5, 0.6))):
        place = (float(x), depth + lean * float(x) + 0.56)
        bone(scene, blob(scene.x_HW, scene.y_HW, place, (0.18, 0.08)), 14, 90)
    if finding == "injury":
        _injury(scene, rng, depth, lean)


def _injury(scene: Scene, rng: np.random.Generator, depth: float, lean: float) -> None:
    x = float(rng.uniform(-0.6, 0.6))
    center = (x, depth + lean * x + float(rng.uniform(-0.08, 0.08)))
    radii = (float(rng.uniform(0.24, 0.4)), float(rng.uniform(0.16, 0.22)))
    waves = random_waves(rng, (2, 3, 5, 7), 0.08)
    distance = blob(scene.x_HW, scene.y_HW, center, radii, 0, waves)
    scene.paint(distance, float(rng.uniform(11, 15)) + scene.unevenness(rng, 0.1) * 3, soft=0.05)
    scene.label(distance, 1)
