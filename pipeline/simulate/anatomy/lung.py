"""Lung between the ribs: healthy, with the B-lines of COVID-19, or consolidated."""

import numpy as np

from pipeline.simulate.anatomy.tissue import skin_layers
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import Field, blob, random_waves


def lung(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint pleura and lung; `finding` is healthy, covid or other. Mask 1 is the lung field."""
    depth = float(rng.uniform(-0.6, -0.22))
    bend = float(rng.uniform(0.02, 0.1))
    below_pleura = scene.y_HW - np.float32(depth) - np.float32(bend) * scene.x_HW**2
    scene.paint(-below_pleura, -24)
    skin_layers(scene, rng, fat=-0.82, muscle=depth - 0.02)
    diaphragm = blob(
        scene.x_HW,
        scene.y_HW,
        (float(rng.uniform(-0.4, 0.4)), 1.9),
        (1.6, float(rng.uniform(0.95, 1.35))),
    )
    {"healthy": _a_lines, "covid": _b_lines, "other": _consolidation}[finding](
        scene, rng, below_pleura, depth
    )
    scene.paint(diaphragm, -3)
    scene.outline(diaphragm, 12, 0.025)
    scene.label(np.maximum(-below_pleura, -diaphragm), 1)


def _pleura(scene: Scene, below_HW: Field, breaks_HW: Field | float) -> None:
    weight = np.clip(1.6 - np.abs(below_HW) / np.float32(0.022), 0, 1)
    scene.echo_HW += weight * (np.float32(15) + breaks_HW - scene.echo_HW)


def _a_lines(scene: Scene, rng: np.random.Generator, below_HW: Field, depth: float) -> None:
    """Echoes of a smooth pleura repeat at equal depths, fainter each time."""
    _pleura(scene, below_HW, 0.0)
    spacing = np.float32(rng.uniform(0.3, 0.42))
    for order in range(1, 5):
        line = np.clip(1.4 - np.abs(below_HW - order * spacing) / np.float32(0.03), 0, 1)
        scene.brighten(line, 24 - 4.5 * order)


def _b_lines(scene: Scene, rng: np.random.Generator, below_HW: Field, depth: float) -> None:
    """A ragged pleura from which bright streaks run to the bottom of the image."""
    _pleura(scene, below_HW, scene.unevenness(rng, 0.12) * np.float32(7))
    for _ in range(int(rng.integers(3, 6))):
        x, lean = rng.uniform(-0.75, 0.75), rng.uniform(-0.1, 0.1)
        axis = np.float32(x) + np.float32(lean) * (scene.y_HW - np.float32(depth))
        width = np.float32(rng.uniform(0.04, 0.1)) * (1 + np.clip(below_HW, 0, None))
        streak = np.clip(1.5 - np.abs(scene.x_HW - axis) / width, 0, 1) * (below_HW > 0)
        scene.brighten(streak, float(rng.uniform(16, 24)))
    for _ in range(2):
        patch = (float(rng.uniform(-0.6, 0.6)), depth + 0.07)
        distance = blob(
            scene.x_HW, scene.y_HW, patch, (0.1, 0.06), 0, random_waves(rng, (3, 5), 0.1)
        )
        scene.paint(distance, -16)


def _consolidation(scene: Scene, rng: np.random.Generator, below_HW: Field, depth: float) -> None:
    """A solid, liver-like patch with bright air bronchograms over a dark effusion."""
    _pleura(scene, below_HW, -6.0)
    scene.paint(np.maximum(-below_HW, scene.y_HW - 0.6), FLUID + 6)
    center = (float(rng.uniform(-0.2, 0.2)), depth + float(rng.uniform(0.45, 0.6)))
    radii = (float(rng.uniform(0.5, 0.7)), float(rng.uniform(0.3, 0.4)))
    distance = blob(
        scene.x_HW,
        scene.y_HW,
        center,
        radii,
        float(rng.uniform(-0.3, 0.3)),
        random_waves(rng, (2, 3, 5), 0.07),
    )
    scene.paint(distance, -2)
    for _ in range(7):
        spot = (center[0] + rng.uniform(-0.3, 0.3), center[1] + rng.uniform(-0.18, 0.18))
        scene.paint(blob(scene.x_HW, scene.y_HW, spot, (0.07, 0.025), rng.uniform(0, 3)), 13)
