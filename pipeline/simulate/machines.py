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

Photometric = Literal["MONOCHROME2", "RGB", "YBR_FULL_422"]


@dataclass(frozen=True)
class Machine:
    """One machine of a hospital.

    `regions` says how well it describes its image: calibrated, without any region, or with a
    region that reaches beyond the last column (all three are met in real archives).
    """

    manufacturer: str
    model: str
    software: str
    transfer_syntax: UID
    photometric: Photometric
    regions: Literal["calibrated", "missing", "overhanging"]
    gain: float
    dynamic_range: float
    psf: tuple[float, float]
    smoothing: float
    private_creator: str


MACHINES = (
    Machine(
        "Sonavera Medical", "Veralux 90", "4.2.1", ExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated", 0.0, 60, (0.9, 1.5), 0.5, "SONAVERA_EXAM_01",
    ),
    Machine(
        "Echolume Systems", "Lumen E7", "R3.0.8", JPEGBaseline8Bit, "YBR_FULL_422",
        "calibrated", 2.0, 55, (1.0, 1.8), 0.6, "ECHOLUME 1.7 PARAMS",
    ),
    Machine(
        "Northwave Imaging", "NW-Pro 5", "11.04", RLELossless, "RGB",
        "calibrated", -2.0, 66, (0.85, 1.4), 0.4, "NORTHWAVE_ULTRA",
    ),
    Machine(
        "Sonavera Medical", "Veralux Go", "2.9", JPEG2000Lossless, "RGB",
        "overhanging", 1.0, 58, (1.1, 2.0), 0.8, "SONAVERA_EXAM_01",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 3", "1.55b", ImplicitVRLittleEndian, "MONOCHROME2",
        "missing", -1.0, 52, (1.2, 2.1), 0.6, "OSTWIND CLARION",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 8", "3.10", DeflatedExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated", 0.5, 62, (0.9, 1.6), 0.5, "OSTWIND CLARION",
    ),
)  # fmt: skip


def acquisition_settings(machine: Machine, rng: np.random.Generator) -> Acquisition:
    """Return what an operator sets on a machine for one exam: the habits of both, jittered."""
    return Acquisition(
        gain=machine.gain + float(rng.uniform(-4, 4)),
        dynamic_range=machine.dynamic_range + float(rng.uniform(-4, 4)),
        psf=machine.psf,
        tgc=tuple(float(step) for step in rng.uniform(-2.5, 2.5, 6)),
        smoothing=machine.smoothing,
    )
