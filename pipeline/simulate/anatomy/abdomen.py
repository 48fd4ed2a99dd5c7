"""The upper abdomen of adults: liver lesions and six organs."""

import numpy as np

from pipeline.simulate.anatomy.tissue import cyst, portal_vessels, stripe_of_gas
from pipeline.simulate.scene import FLUID, Scene
from pipeline.simulate.shapes import blob, capsule, random_waves


def _parenchyma(scene: Scene, rng: np.random.Generator, echo: float, vessels: int) -> None:
    scene.echo_HW += np.float32(echo)
    scene.texture(rng, 0.3, 1.2)
    portal_vessels(scene, rng, vessels)


def _diaphragm(scene: Scene, rng: np.random.Generator) -> None:
    dome = blob(scene.x_HW, scene.y_HW, (float(rng.uniform(-0.3, 0.3)), -0.6), (1.6, 1.45))
    scene.paint(-dome, -16)
    scene.outline(dome, 15, 0.025)


def liver_lesion(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint a liver with one lesion; `finding` is hepatocellular_carcinoma or haemangioma."""
    _parenchyma(scene, rng, 0, vessels=4)
    _diaphragm(scene, rng)
    center = (float(rng.uniform(-0.3, 0.3)), float(rng.uniform(-0.15, 0.3)))
    if finding == "haemangioma":
        radius = float(rng.uniform(0.24, 0.36))
        distance = blob(
            scene.x_HW,
            scene.y_HW,
            center,
            (radius, radius * 0.9),
            0,
            random_waves(rng, (3, 4), 0.04),
        )
        scene.paint(distance, float(rng.uniform(11, 15)))
        scene.attenuate(distance, 0.25)
    else:
        radius = float(rng.uniform(0.28, 0.42))
        distance = blob(
            scene.x_HW, scene.y_HW, center, (radius, radius), 0, random_waves(rng, (2, 3, 5), 0.06)
        )
        scene.outline(distance, -22, 0.04)
        scene.paint(distance, -16 + scene.unevenness(rng, 0.12) * np.float32(4))
    scene.label(distance, 1)


def organ(scene: Scene, rng: np.random.Generator, finding: str) -> None:
    """Paint the organ named by `finding`: bladder, bowel, gallbladder, kidney, liver or spleen."""
    {
        "bladder": _bladder,
        "bowel": _bowel,
        "gallbladder": _gallbladder,
        "kidney": _kidney,
        "liver": _liver,
        "spleen": _spleen,
    }[finding](scene, rng)


def _bladder(scene: Scene, rng: np.random.Generator) -> None:
    scene.texture(rng, 0.3, 3)
    center = (float(rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.1, 0.1)))
    radii = (float(rng.uniform(0.6, 0.75)), float(rng.uniform(0.42, 0.52)))
    distance = blob(scene.x_HW, scene.y_HW, center, radii, 0, random_waves(rng, (2, 4), 0.04))
    scene.outline(distance, 7, 0.04)
    cyst(scene, distance, wall=7)


def _bowel(scene: Scene, rng: np.random.Generator) -> None:
    scene.texture(rng, 0.2, 4)
    for x in np.linspace(-0.8, 0.8, 5):
        center = (float(x + rng.uniform(-0.1, 0.1)), float(rng.uniform(-0.45, 0.3)))
        loop = blob(scene.x_HW, scene.y_HW, center, (0.24, 0.2), float(rng.uniform(0, 3)))
        scene.paint(loop, -14)
        scene.outline(loop, 5, 0.02)
        stripe_of_gas(
            scene, (center[0], center[1] - 0.05), (0.15, 0.045), float(rng.uniform(-0.5, 0.5))
        )


def _gallbladder(scene: Scene, rng: np.random.Generator) -> None:
    _parenchyma(scene, rng, 0, vessels=3)
    angle = float(rng.uniform(0.3, 1.1))
    center = (float(rng.uniform(-0.15, 0.15)), float(rng.uniform(-0.05, 0.2)))
    radii = (float(rng.uniform(0.42, 0.5)), float(rng.uniform(0.14, 0.19)))
    distance = blob(scene.x_HW, scene.y_HW, center, radii, angle, ((1, 0.18, 0.0),))
    scene.outline(distance, 10, 0.03)
    cyst(scene, distance, wall=10)


def _kidney(scene: Scene, rng: np.random.Generator) -> None:
    scene.texture(rng, 0.3, 2)
    center = (float(rng.uniform(-0.12, 0.12)), float(rng.uniform(0.0, 0.15)))
    angle = float(rng.uniform(-0.4, 0.4))
    distance = blob(scene.x_HW, scene.y_HW, center, (0.72, 0.38), angle, ((2, 0.03, 0.5),))
    scene.outline(distance, 11, 0.03)
    scene.paint(distance, -10)
    sinus = blob(
        scene.x_HW, scene.y_HW, center, (0.42, 0.15), angle, random_waves(rng, (3, 5), 0.12)
    )
    scene.paint(sinus, 11, soft=0.06)
    for turn in np.linspace(0, 2 * np.pi, 8, endpoint=False):
        u, v = 0.54 * np.cos(turn), 0.25 * np.sin(turn)
        place = (
            float(center[0] + u * np.cos(angle) - v * np.sin(angle)),
            float(center[1] + u * np.sin(angle) + v * np.cos(angle)),
        )
        scene.paint(blob(scene.x_HW, scene.y_HW, place, (0.07, 0.06)), -20)


def _liver(scene: Scene, rng: np.random.Generator) -> None:
    _parenchyma(scene, rng, 1, vessels=3)
    _diaphragm(scene, rng)
    trunk = (float(rng.uniform(-0.1, 0.2)), 0.45)
    for x in (-0.7, 0.0, 0.65):
        branch = capsule(scene.x_HW, scene.y_HW, trunk, (x, -0.35), 0.06)
        scene.paint(branch, FLUID + 6)


def _spleen(scene: Scene, rng: np.random.Generator) -> None:
    scene.paint(scene.y_HW * 0 - 1, -15)
    center = (float(rng.uniform(-0.1, 0.15)), float(rng.uniform(-0.05, 0.1)))
    angle = float(rng.uniform(0.3, 0.6))
    crescent = np.maximum(
        blob(scene.x_HW, scene.y_HW, center, (0.85, 0.46), angle),
        -blob(scene.x_HW, scene.y_HW, (center[0] - 0.15, center[1] + 0.6), (0.6, 0.42), angle),
    )
    scene.outline(crescent, 13, 0.025)
    scene.paint(crescent, 2)
