"""The fetal body: abdomen, thorax with the heart, thigh, the sacrum's position, loose parts."""

import numpy as np

from pipeline.simulate.anatomy.fetal_head import OCCIPUT, uterine_wall
from pipeline.simulate.anatomy.tissue import bone
from pipeline.simulate.scene import BONE, FLUID, Scene
from pipeline.simulate.shapes import Field, Point, blob, capsule, on_ellipse, random_waves


def _trunk(
    scene: Scene, rng: np.random.Generator, echo: float
) -> tuple[Point, float, float, Field]:
    """Paint a round trunk with its spine; return its middle, size, turn and distance."""
    uterine_wall(scene, rng)
    center = (float(rng.uniform(-0.2, 0.2)), float(rng.uniform(0.0, 0.18)))
    size, angle = float(rng.uniform(0.6, 0.72)), float(rng.uniform(-0.35, 0.35))
    distance = blob(
        scene.x_HW, scene.y_HW, center, (size, size * 0.92), angle, random_waves(rng, (2, 3), 0.02)
    )
    scene.paint(distance, echo)
    scene.outline(distance, 9, 0.03)
    return center, size, angle, distance


def _spine(scene: Scene, center: Point, size: float, angle: float) -> None:
    for turn in (1.4, 1.57, 1.74):
        knob = on_ellipse(center, (size * 0.8, size * 0.74), angle, turn)
        bone(scene, blob(scene.x_HW, scene.y_HW, knob, (0.05, 0.05)), loss=60)


def fetal_abdomen(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the plane of the abdominal circumference; `finding` is abdomen.

    Masks: 1 artery, 2 liver, 3 stomach, 4 vein.
    """
    center, size, angle, trunk = _trunk(scene, rng, -9)
    liver = np.maximum(
        trunk + np.float32(0.1),
        blob(
            scene.x_HW, scene.y_HW,
            on_ellipse(center, (size * 0.45, size * 0.4), angle, -0.5),
            (size * 0.62, size * 0.5), angle, random_waves(rng, (2, 3), 0.05),
        ),
    )  # fmt: skip
    scene.paint(liver, 2)
    scene.label(liver, 2)
    stomach = _fluid(
        scene, on_ellipse(center, (size * 0.55, size * 0.5), angle, np.pi + rng.uniform(-0.5, 0.1)),
        (size * rng.uniform(0.26, 0.34), size * rng.uniform(0.19, 0.25)), angle,
    )  # fmt: skip
    scene.label(stomach, 3)
    hook = on_ellipse(center, (size * 0.12, size * 0.1), angle, -1.0)
    vein = capsule(
        scene.x_HW,
        scene.y_HW,
        hook,
        on_ellipse(center, (size * 0.4, size * 0.42), angle, -1.35),
        0.075,
    )
    scene.outline(vein, 9, 0.02)
    scene.paint(vein, FLUID)
    scene.label(vein, 4)
    artery = _fluid(
        scene, on_ellipse(center, (size * 0.45, size * 0.42), angle, 1.57), (0.1, 0.1), 0
    )
    scene.label(artery, 1)
    _spine(scene, center, size, angle)


def _fluid(scene: Scene, center: Point, radii: Point, angle: float) -> Field:
    distance = blob(scene.x_HW, scene.y_HW, center, radii, angle)
    scene.outline(distance, 6, 0.02)
    scene.paint(distance, FLUID)
    return distance


def fetal_thorax(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the four-chamber view; `finding` is heart. Mask 1 is the heart."""
    center, size, angle, _ = _trunk(scene, rng, -2)
    for turn in np.linspace(0.2, 2 * np.pi - 0.2, 9):
        rib = on_ellipse(center, (size * 0.88, size * 0.8), angle, turn)
        scene.paint(blob(scene.x_HW, scene.y_HW, rib, (0.07, 0.025), turn + 1.57), 13)
    _spine(scene, center, size, angle)
    beat = 1 + 0.08 * np.cos(2 * np.pi * scene.pose.phase)
    middle = on_ellipse(center, (size * 0.32, size * 0.28), angle, float(rng.uniform(2.8, 5.6)))
    tilt = angle + float(rng.uniform(-0.9, -0.5))
    radii = (size * 0.48 * beat, size * 0.36 * beat)
    heart = blob(scene.x_HW, scene.y_HW, middle, radii, tilt, random_waves(rng, (3,), 0.04))
    scene.paint(heart, 1)
    scene.outline(heart, 8, 0.02)
    for turn in (0.7, 2.3, -0.7, -2.3):
        chamber = on_ellipse(middle, (radii[0] * 0.58, radii[1] * 0.62), tilt, turn)
        space = blob(scene.x_HW, scene.y_HW, chamber, (radii[0] * 0.33, radii[1] * 0.32), tilt)
        scene.paint(space, FLUID)
    scene.label(heart, 1)


def fetal_femur(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a thigh with its bone; `finding` is femur. Landmarks: left end, right end."""
    uterine_wall(scene, rng)
    center = (float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.05, 0.2)))
    angle, half = float(rng.uniform(-0.45, 0.45)), float(rng.uniform(0.36, 0.6))
    thigh = blob(
        scene.x_HW, scene.y_HW, center, (half + 0.3, float(rng.uniform(0.3, 0.38))), angle,
        random_waves(rng, (2, 3), 0.04),
    )  # fmt: skip
    scene.paint(thigh, -6)
    scene.outline(thigh, 5, 0.02)
    left = (center[0] - half * float(np.cos(angle)), center[1] - half * float(np.sin(angle)))
    right = (center[0] + half * float(np.cos(angle)), center[1] + half * float(np.sin(angle)))
    bone(scene, capsule(scene.x_HW, scene.y_HW, left, right, 0.05))
    for knob in (left, right):
        bone(scene, blob(scene.x_HW, scene.y_HW, knob, (0.065, 0.075), angle))
    scene.landmark(left)
    scene.landmark(right)


def fetal_other(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint no standard plane: fluid, placenta, cord and limbs; `finding` is other."""
    uterine_wall(scene, rng)
    placenta = blob(
        scene.x_HW, scene.y_HW, (float(rng.uniform(-0.5, 0.5)), -0.55), (0.95, 0.32), 0,
        random_waves(rng, (3, 5), 0.06),
    )  # fmt: skip
    scene.paint(placenta, 3)
    for _ in range(int(rng.integers(4, 7))):
        part = (float(rng.uniform(-0.7, 0.7)), float(rng.uniform(-0.1, 0.7)))
        distance = blob(scene.x_HW, scene.y_HW, part, (0.13, 0.1), float(rng.uniform(0, 3)))
        scene.paint(distance, -4)
        scene.outline(distance, 7, 0.02)
        if rng.random() < 0.5:
            scene.paint(distance + np.float32(0.06), FLUID)


def sacral_position(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a breech from below; `finding` is LSA ... RST, the side to which the sacrum lies."""
    uterine_wall(scene, rng)
    center = (float(rng.uniform(-0.08, 0.08)), float(rng.uniform(0.02, 0.14)))
    trunk = blob(scene.x_HW, scene.y_HW, center, (0.72, 0.66), 0, random_waves(rng, (2, 3), 0.03))
    scene.paint(trunk, -13)
    scene.outline(trunk, 5, 0.02)
    position = finding.replace("S", "O")
    angle = -float(np.radians(OCCIPUT[position] + rng.uniform(-7, 7)))
    for turn in (-0.5, -0.17, 0.17, 0.5):
        knob = on_ellipse(center, (0.5, 0.45), 0, angle + turn)
        scene.paint(blob(scene.x_HW, scene.y_HW, knob, (0.13, 0.11), angle), BONE)
    for turn in (2.5, -2.5):
        thigh = on_ellipse(center, (0.36, 0.33), 0, angle + turn)
        distance = blob(scene.x_HW, scene.y_HW, thigh, (0.2, 0.2))
        scene.paint(distance, FLUID + 6)
        scene.outline(distance, 7, 0.025)
