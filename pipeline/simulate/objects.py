"""One simulated DICOM object: header, frames, bytes."""

import io

import numpy as np
from pydicom.dataset import Dataset

from pipeline.io.seeds import generator
from pipeline.simulate.exam import Exam, cine_poses, free_pose, harder
from pipeline.simulate.headers import make_header
from pipeline.simulate.machines import acquisition_settings
from pipeline.simulate.pixels import Frames, add_pixels
from pipeline.simulate.plan import Instance
from pipeline.simulate.probes import Probe
from pipeline.simulate.screen import Screen, draw_caliper, empty_screen, show_frame

# Share of cines that end in a frozen image, and for how many frames.
FROZEN_SHARE, FROZEN_FRAMES = 0.3, 2
CALIPER_SHARE = 0.3


def render_frames(instance: Instance, screen: Screen, probe: Probe) -> Frames:
    """Return all frames `_NHWC` (RGB) of an object."""
    study = instance.study
    rng = generator(study.seed, "frames", instance.number)
    settings = acquisition_settings(study.machine, study.anatomy, generator(study.seed, "settings"))
    settings = harder(settings, study.machine, study.difficulty)
    exam = Exam(study.anatomy, study.finding, probe, settings, study.seed, study.difficulty)
    if instance.frames == 1:
        moments = [(1000 + instance.number, free_pose(rng))]
    else:
        frozen = FROZEN_FRAMES if rng.random() < FROZEN_SHARE and instance.frames > 3 else 0
        poses = cine_poses(rng, instance.frames, frozen)
        last = instance.frames - 1 - frozen
        moments = [(min(index, last), pose) for index, pose in enumerate(poses)]
    empty_HWC = empty_screen(study, screen)
    frames = [
        show_frame(empty_HWC, exam.frame(index, pose).image_HW, screen) for index, pose in moments
    ]
    if instance.frames == 1 and rng.random() < CALIPER_SHARE:
        draw_caliper(frames[0][screen.top : screen.bottom, screen.left : screen.right], rng)
    return np.stack(frames)


def dicom_bytes(header: Dataset) -> bytes:
    """Return an object as a DICOM file (PS3.10 7)."""
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def make_object(instance: Instance, screen: Screen, probe: Probe) -> bytes:
    """Return the DICOM file of one planned object."""
    header = make_header(instance, screen)
    add_pixels(header, render_frames(instance, screen, probe), instance.study.machine)
    return dicom_bytes(header)
