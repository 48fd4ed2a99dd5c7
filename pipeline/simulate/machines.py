"""The invented ultrasound machines: how their images look and how they write DICOM."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    RLELossless,
)

from pipeline.simulate.acquisition import Acquisition
from pipeline.simulate.atlas import Anatomy
from pipeline.simulate.beams import Beam

Photometric = Literal["MONOCHROME2", "RGB", "YBR_FULL_422"]


@dataclass(frozen=True)
class Machine:
    """One machine of a hospital.

    `regions` says how well it describes its image: calibrated, without any region, or with a
    region that reaches beyond the last column (all three are met in real archives). `frequency` is
    that of its probes relative to the usual one of an exam; the other acoustic fields are those of
    `Beam` and `Acquisition`.
    """

    manufacturer: str
    model: str
    software: str
    transfer_syntax: UID
    photometric: Photometric
    regions: Literal["calibrated", "missing", "overhanging"]
    frequency: float
    bandwidth: float
    f_number: float
    sensitivity: float
    gain: float
    dynamic_range: float
    smoothing: float
    private_creator: str


MACHINES = (
    Machine(
        "Sonavera Medical", "Veralux 90", "4.2.1", ExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated", 1.0, 0.65, 2.0, 84, 0.0, 60, 0.4, "SONAVERA_EXAM_01",
    ),
    Machine(
        "Echolume Systems", "Lumen E7", "R3.0.8", JPEGBaseline8Bit, "YBR_FULL_422",
        "calibrated", 0.95, 0.60, 2.2, 80, 2.0, 55, 0.5, "ECHOLUME 1.7 PARAMS",
    ),
    Machine(
        "Northwave Imaging", "NW-Pro 5", "11.04", RLELossless, "RGB",
        "calibrated", 1.1, 0.70, 1.8, 86, -2.0, 66, 0.3, "NORTHWAVE_ULTRA",
    ),
    Machine(
        "Sonavera Medical", "Veralux Go", "2.9", JPEG2000Lossless, "RGB",
        "overhanging", 0.9, 0.50, 2.8, 72, 1.0, 58, 0.6, "SONAVERA_EXAM_01",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 3", "1.55b", ImplicitVRLittleEndian, "MONOCHROME2",
        "missing", 0.9, 0.45, 2.6, 74, -1.0, 52, 0.5, "OSTWIND CLARION",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 8", "3.10", DeflatedExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated", 1.0, 0.60, 2.0, 80, 0.5, 62, 0.4, "OSTWIND CLARION",
    ),
)  # fmt: skip


# Aperture of each kind of probe, cm, and where operators put the focus, share of the depth.
APERTURES = {"linear": 1.9, "convex": 2.4, "phased": 1.9, "endocavity": 1.3}
FOCUS = (0.4, 0.75)


def acquisition_settings(
    machine: Machine, anatomy: Anatomy, rng: np.random.Generator
) -> Acquisition:
    """Return what an operator sets on a machine for one exam: the habits of both, jittered."""
    beam = Beam(
        frequency_mhz=anatomy.frequency_mhz * machine.frequency,
        bandwidth=machine.bandwidth,
        f_number=machine.f_number,
        aperture_cm=APERTURES[anatomy.probe],
        focus_cm=anatomy.depth_cm * float(rng.uniform(*FOCUS)),
    )
    return Acquisition(
        beam=beam,
        gain=machine.gain + float(rng.uniform(-4, 4)),
        dynamic_range=machine.dynamic_range + float(rng.uniform(-4, 4)),
        tgc=tuple(float(step) for step in rng.uniform(-2.5, 2.5, 6)),
        sensitivity=machine.sensitivity,
        smoothing=machine.smoothing,
    )
