"""One exam of one anatomy: its frames, each with all labels that its geometry gives."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipeline.io.seeds import generator
from pipeline.simulate.acquisition import Acquisition, form_image
from pipeline.simulate.anatomy.body import Body, Case
from pipeline.simulate.atlas import Anatomy
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.machines import Machine
from pipeline.simulate.medium import Medium
from pipeline.simulate.probes import Probe
from pipeline.simulate.scene import Pose, Scene

# How many dB closer noise and clutter come from the easiest level to the hardest.
NOISE_RANGE = 12.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Capture:
    """One frame `image_HW` with its class mask `mask_HW` and landmarks (column, row) in pixels."""

    image_HW: npt.NDArray[np.uint8]
    mask_HW: npt.NDArray[np.uint8]
    landmarks: tuple[tuple[float, float], ...]

    @property
    def box(self) -> Box:
        """The box x_min, y_min, x_max, y_max around all labelled pixels, edges in pixels.

        Raises ValueError when nothing is labelled.
        """
        rows, columns = np.nonzero(self.mask_HW)
        if rows.size == 0:
            raise ValueError("this frame has no labelled pixel")
        return (
            float(columns.min()),
            float(rows.min()),
            float(columns.max() + 1),
            float(rows.max() + 1),
        )


@dataclass(frozen=True)
class Exam:
    """One patient's anatomy under one probe. Two exams with the same `seed` are alike."""

    anatomy: Anatomy
    finding: str
    probe: Probe
    acquisition: Acquisition
    seed: int
    difficulty: Difficulty

    @cached_property
    def medium(self) -> Medium:
        """The scatterers of this patient's body."""
        return Medium(self.probe.height, self.probe.width, self.seed)

    def frame(self, index: int, pose: Pose) -> Capture:
        """Return frame `index`: the body of this exam in the given pose, under fresh noise.

        Speckle belongs to the body: it moves with it from frame to frame.
        """
        scene = Scene(self.probe, pose, self.acquisition.depth_cm)
        shape, look = generator(self.seed, "shape"), generator(self.seed, "look")
        self.anatomy.draw(Body(scene, Case(self.finding, shape, look, self.difficulty)))
        scene.lose(self.difficulty.loss)
        noise = generator(self.seed, "noise", index)
        image_HW = form_image(scene, self.acquisition, self.medium, noise)
        mask_HW = scene.mask_HW * self.probe.sector
        return Capture(image_HW, mask_HW, tuple(scene.landmarks))


def free_pose(rng: np.random.Generator) -> Pose:
    """Draw how a probe happens to be held for a single picture."""
    return Pose(
        shift=(float(rng.uniform(-0.08, 0.08)), float(rng.uniform(-0.06, 0.06))),
        turn=float(rng.uniform(-0.08, 0.08)),
        zoom=float(rng.uniform(0.92, 1.08)),
        phase=float(rng.random()),
    )


def cine_poses(rng: np.random.Generator, frames: int, frozen: int) -> list[Pose]:
    """Draw a slow drift of the probe over a clip whose last `frozen` frames stand still."""
    start, end = free_pose(rng), free_pose(rng)
    beats = float(rng.uniform(0.6, 1.4))
    poses = []
    for index in range(frames):
        part = min(index, frames - 1 - frozen) / max(1, frames - 1)
        poses.append(
            Pose(
                shift=(
                    start.shift[0] + part * (end.shift[0] - start.shift[0]),
                    start.shift[1] + part * (end.shift[1] - start.shift[1]),
                ),
                turn=start.turn + part * (end.turn - start.turn),
                zoom=start.zoom + part * (end.zoom - start.zoom),
                phase=(start.phase + part * beats) % 1,
            )
        )
    return poses


def harder(acquisition: Acquisition, machine: Machine, difficulty: Difficulty) -> Acquisition:
    """Return what an operator sets, farther from the best settings the harder the tasks are."""
    gain, noise = machine.scanner.gain, NOISE_RANGE * (difficulty.level - 0.5)
    return replace(
        acquisition,
        gain=gain + (acquisition.gain - gain) * difficulty.spread,
        tgc=tuple(error * difficulty.spread for error in acquisition.tgc),
        contact=tuple(loss * difficulty.spread for loss in acquisition.contact),
        sensitivity=acquisition.sensitivity - noise,
        clutter=acquisition.clutter + noise,
    )
