"""What several anatomies share: skin layers, vessels, bones, cysts."""

import numpy as np

from pipeline.simulate.scene import BONE, FLUID, Scene
from pipeline.simulate.shapes import Field, Point, blob, capsule
from pipeline.simulate.tissues import BONE as BONE_TISSUE
from pipeline.simulate.tissues import FLUID as FLUID_TISSUE
from pipeline.simulate.tissues import GAS


def wavy_depth(scene: Scene, rng: np.random.Generator, depth: float, height: float) -> Field:
    """Return the distance below an uneven layer boundary: negative above it."""
    pace, phase = rng.uniform(1.5, 3.5), rng.uniform(0, 2 * np.pi)
    edge = np.float32(depth) + np.float32(height) * np.sin(
        scene.x_HW * np.float32(pace) + np.float32(phase)
    )
    return np.asarray(scene.y_HW - edge, np.float32)


def skin_layers(scene: Scene, rng: np.random.Generator, fat: float, muscle: float) -> None:
    """Paint bright skin, dark fat and striped muscle down to the depths `fat` and `muscle`."""
    below_muscle = wavy_depth(scene, rng, muscle, 0.03)
    below_fat = wavy_depth(scene, rng, fat, 0.03)
    below_skin = wavy_depth(scene, rng, fat - 0.22, 0.01)
    stripes = 4 * np.sin(scene.y_HW * np.float32(rng.uniform(45, 65)) + scene.x_HW * 3)
    scene.paint(below_muscle, -6 + stripes)
    scene.outline(below_muscle, 6, 0.02)
    scene.paint(below_fat, -9)
    scene.outline(below_fat, 4, 0.02)
    scene.paint(below_skin, 7)


def vessel(scene: Scene, start: Point, end: Point, radius: float, wall: float = 3.0) -> None:
    """Paint a blood vessel along a line, with walls of `wall` dB."""
    distance = capsule(scene.x_HW, scene.y_HW, start, end, radius)
    scene.outline(distance, wall, radius * 0.3)
    scene.paint(distance, FLUID + 6)


def cyst(scene: Scene, distance_HW: Field, wall: float) -> None:
    """Paint a fluid space with a thin wall and brightness behind it."""
    scene.outline(distance_HW, wall, 0.02)
    scene.fill(distance_HW, FLUID_TISSUE)


def bone(scene: Scene, distance_HW: Field, echo: float = BONE, loss: float = 160) -> None:
    """Paint a bone: very bright, with a shadow behind it."""
    scene.fill(distance_HW, BONE_TISSUE, echo - BONE_TISSUE.echo)
    scene.attenuate(distance_HW, loss / 20)


def portal_vessels(scene: Scene, rng: np.random.Generator, count: int) -> None:
    """Paint `count` short vessels of random place and direction."""
    for _ in range(count):
        x, y, angle = rng.uniform(-0.8, 0.8), rng.uniform(-0.6, 0.7), rng.uniform(0, np.pi)
        length = rng.uniform(0.1, 0.35)
        step = (float(np.cos(angle) * length), float(np.sin(angle) * length))
        vessel(
            scene, (x - step[0], y - step[1]), (x + step[0], y + step[1]), rng.uniform(0.02, 0.05)
        )


def stripe_of_gas(scene: Scene, center: Point, radii: Point, angle: float) -> None:
    """Paint a bright arc of gas with a dirty shadow."""
    distance = blob(scene.x_HW, scene.y_HW, center, radii, angle)
    scene.fill(distance, GAS)
    scene.interface(distance, 24)
