"""The heart from its apex, and the carotid artery across."""

import numpy as np

from pipeline.simulate.anatomy.tissue import skin_layers
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import blob, capsule, random_waves


def heart(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the four-chamber view; `finding` is heart.

    Masks: 1 left ventricle, 2 myocardium, 3 left atrium.
    """
    scene.echo_HW -= np.float32(12)
    scene.texture(rng, 0.25, 3)
    beat = 1 + 0.12 * float(np.cos(2 * np.pi * scene.pose.phase))
    angle = float(rng.uniform(-0.2, 0.2))
    center = (float(rng.uniform(0.0, 0.18)), float(rng.uniform(-0.22, -0.08)))
    wide, tall = float(rng.uniform(0.22, 0.29)) * beat, float(rng.uniform(0.44, 0.52))
    wall = float(rng.uniform(0.11, 0.15))
    shape = random_waves(rng, (3,), 0.03)
    cavity = blob(scene.x_HW, scene.y_HW, center, (wide, tall), angle, shape)
    outer = blob(scene.x_HW, scene.y_HW, center, (wide + wall, tall + wall), angle, shape)
    base = (center[0] - tall * float(np.sin(angle)), center[1] + tall * float(np.cos(angle)))
    above_valve = np.cos(angle) * (scene.y_HW - base[1]) - np.sin(angle) * (scene.x_HW - base[0])
    above_valve = (above_valve + np.float32(0.1)).astype(np.float32)
    _right_side(scene, center, wide + wall, tall, angle)
    muscle = np.maximum(outer, above_valve)
    scene.paint(muscle, 3)
    scene.outline(muscle, 7, 0.015)
    atrium_center = (base[0] - 0.12 * float(np.sin(angle)), base[1] + 0.16)
    atrium = blob(scene.x_HW, scene.y_HW, atrium_center, (wide * 1.05, 0.25 / beat), angle)
    atrium = np.maximum(atrium, -above_valve)
    scene.outline(atrium, 8, 0.03)
    scene.paint(atrium, FLUID + 4)
    ventricle = np.maximum(cavity, above_valve)
    scene.paint(ventricle, FLUID + 2)
    scene.paint(np.maximum(np.abs(above_valve) - np.float32(0.02), cavity), 6)
    scene.label(muscle, 2)
    scene.label(atrium, 3)
    scene.label(ventricle, 1)


def _right_side(
    scene: Scene, center: tuple[float, float], offset: float, tall: float, angle: float
) -> None:
    for depth, size in ((0.1, (0.17, tall * 0.75)), (tall + 0.2, (0.2, 0.2))):
        middle = (center[0] - offset - 0.16, center[1] + depth)
        distance = blob(scene.x_HW, scene.y_HW, middle, size, angle)
        scene.outline(distance, 4, 0.03)
        scene.paint(distance, FLUID + 6)


def carotid(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the neck's vessels across; `finding` is artery. Mask 1 is the carotid artery."""
    scene.texture(rng, 0.25, 3)
    scene.paint(0.6 - scene.y_HW, -9 + 4 * np.sin(scene.y_HW * 50))
    skin_layers(scene, rng, fat=-0.72, muscle=-0.38)
    center = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(0.05, 0.3)))
    pulse = 1 + 0.06 * float(np.cos(2 * np.pi * scene.pose.phase))
    radius = float(rng.uniform(0.24, 0.34)) * pulse
    side = -1.0 if rng.random() < 0.5 else 1.0
    jugular = (center[0] + side * (radius + 0.32), center[1] - 0.3)
    vein = blob(scene.x_HW, scene.y_HW, jugular, (0.26, 0.12), side * 0.4)
    scene.paint(vein, FLUID + 4)
    artery = blob(
        scene.x_HW, scene.y_HW, center, (radius, radius * 0.95), 0, random_waves(rng, (2,), 0.03)
    )
    scene.outline(artery, 12, 0.035)
    scene.paint(artery, FLUID)
    scene.attenuate(artery, 0.1)
    if rng.random() < 0.4:
        turn = float(rng.uniform(0.5, 2.6))
        plaque = (center[0] + radius * 0.8 * np.cos(turn), center[1] + radius * 0.8 * np.sin(turn))
        distance = blob(scene.x_HW, scene.y_HW, (float(plaque[0]), float(plaque[1])), (0.1, 0.07))
        scene.paint(np.maximum(distance, artery), 2)
    scene.paint(capsule(scene.x_HW, scene.y_HW, (-1.2, 0.85), (1.2, 0.8), 0.04), 8)
    scene.label(artery, 1)
