"""Draw simulated images for a while, in one process or in several side by side."""

import time
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from multiprocessing import get_context
from typing import NamedTuple

import cv2

from pipeline.io.seeds import generator
from pipeline.simulate.atlas import ANATOMIES
from pipeline.simulate.difficulty import Difficulty
from pipeline.simulate.exam import Exam, free_pose
from pipeline.simulate.machines import MACHINES, acquisition_settings
from pipeline.simulate.probes import Probe, ProbeKind


class Count(NamedTuple):
    """What one process drew, in how many seconds of its own time and of the clock's."""

    images: int
    cpu_s: float
    wall_s: float


def draw(kind: ProbeKind, size: int, seconds: float, first: int) -> Count:
    """Draw all anatomies of a kind of probe in turn, each image of a new body, for some seconds.

    Exams are numbered from `first`; each has its own probe, machine and pose, as in the study.
    """
    cv2.setNumThreads(1)
    anatomies = [each for each in ANATOMIES if each.probe == kind]
    for number in count(first):
        if number == first + len(anatomies):  # the first round only warms up
            cpu, wall = time.process_time(), time.perf_counter()
        anatomy = anatomies[number % len(anatomies)]
        finding = anatomy.findings[number % len(anatomy.findings)]
        settings = acquisition_settings(
            MACHINES[number % len(MACHINES)], anatomy, generator(number, "settings")
        )
        probe = Probe(kind, size, size)
        exam = Exam(anatomy, finding, probe, settings, number, Difficulty(0.5))
        exam.frame(0, free_pose(generator(number, "pose")))
        images = number + 1 - first - len(anatomies)
        if images > 0 and time.perf_counter() - wall > seconds:
            return Count(images, time.process_time() - cpu, time.perf_counter() - wall)
    raise AssertionError("counting does not end")


def together(kind: ProbeKind, size: int, seconds: float, processes: int) -> dict[str, float]:
    """Return images a second of the clock and of processor time, of processes side by side."""
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        runs = [
            pool.submit(draw, kind, size, seconds, 10_000 * worker) for worker in range(processes)
        ]
        counts = [run.result() for run in runs]
    return {
        "images": sum(each.images for each in counts),
        "images_per_s": round(sum(each.images / each.wall_s for each in counts), 1),
        "images_per_cpu_s": round(
            sum(each.images for each in counts) / sum(each.cpu_s for each in counts), 1
        ),
    }
