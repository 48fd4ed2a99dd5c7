"""The labelled images of one collection: patients, classes, names, pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from pipeline.io.seeds import derive_seed, generator
from pipeline.simulate.challenge_sources import Collection
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.exam import Capture, Exam, free_pose, harder
from pipeline.simulate.machines import MACHINES, acquisition_settings
from pipeline.simulate.params import SimulateParams
from pipeline.simulate.probes import Probe

# Screens are this much wider than high, and their short side varies by this share.
ASPECT, SIZE_SPREAD = (1.1, 1.45), 0.15
# Operators show this much more or less than the usual depth.
DEPTH = (0.95, 1.15)


@dataclass(frozen=True)
class Shot:
    """One image to be made: of which patient and class, and where it goes."""

    patient: int
    number: int
    of: int
    label: int
    path: str
    mask_path: str | None


def plan_shots(collection: Collection, count: int, params: SimulateParams, seed: int) -> list[Shot]:
    """Return `count` shots; a patient has one class (several in FETAL_PLANES_DB), classes even."""
    rng = generator(seed, "simulate", "collection", collection.stream)
    used = np.zeros(len(collection.subjects), int)
    shots: list[Shot] = []
    patient = 0
    while len(shots) < count:
        shared = int(rng.integers(1, params.task_images_per_patient + 1))
        size = min(shared, count - len(shots))
        label = int(used.argmin())
        for number in range(1, size + 1):
            if collection.names == "plane":
                label = int(used.argmin())
            used[label] += 1
            path, mask_path = _paths(collection, seed, patient, number, size, label)
            shots.append(Shot(patient, number, size, label, path, mask_path))
        patient += 1
    return shots


def _paths(
    collection: Collection, seed: int, patient: int, number: int, of: int, label: int
) -> tuple[str, str | None]:
    """Return the image's and its mask's path below the archive's root."""
    finding = collection.subjects[label][1]
    match collection.names:
        case "plane":
            stem = f"Patient{1600 + patient:05d}_Plane{label + 1}_{number}_of_{of}"
        case "clip":
            clip = derive_seed(seed, "clip name", collection.stream, patient) % 10**9
            stem = f"{clip:09d}.zhc_{number * 7:03d}"
        case "case":
            stem = f"case{patient:04d}_{number:02d}"
    folder = collection.folders[
        patient // len(collection.subjects) % len(collection.folders)
    ].format(label=finding)
    mask_path = None if collection.masks is None else f"{collection.masks}/{stem}.png"
    return f"{folder}/{stem}{collection.suffix}", mask_path


def exam_of(collection: Collection, shot: Shot, params: SimulateParams, seed: int) -> Exam:
    """Return the exam in which a shot is taken: the same body on one machine for each patient.

    Machine, settings, depth and screen are drawn for the patient, whatever the class is.
    """
    difficulty = Difficulty(params.difficulty)
    names = ("simulate", "collection", collection.stream, "patient", shot.patient)
    rng = generator(seed, *names)
    anatomy, finding = collection.subjects[shot.label]
    height = int(params.task_image_size * rng.uniform(1 - SIZE_SPREAD, 1 + SIZE_SPREAD))
    probe = Probe(anatomy.probe, height, int(height * rng.uniform(*ASPECT)))
    machine = MACHINES[int(rng.integers(len(MACHINES)))]
    anatomy = replace(anatomy, depth_cm=anatomy.depth_cm * rng.uniform(*DEPTH))
    settings = harder(acquisition_settings(machine, anatomy, rng), machine, difficulty)
    return Exam(anatomy, finding, probe, settings, derive_seed(seed, *names, "exam"), difficulty)


def captures(
    collection: Collection, shots: list[Shot], params: SimulateParams, seed: int
) -> Iterator[tuple[Shot, Capture, np.random.Generator]]:
    """Yield each shot with its image and labels, and the generator for what is drawn on top.

    A patient's probe is held a little differently for each shot.
    """
    for shot in shots:
        exam = exam_of(collection, shot, params, seed)
        rng = generator(seed, "simulate", "shot", collection.stream, shot.patient, shot.number)
        yield shot, exam.frame(shot.number, free_pose(rng)), rng
