"""The invented ultrasound machines: how they scan, how their images look, how they write DICOM."""

from dataclasses import dataclass
from math import log10
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
class Scanner:
    """How a machine scans.

    `frequency` and `depth` are relative to the usual ones of an exam (`Anatomy`), `depth` at
    least 1; `contrast` is its dynamic range in dB; the rest is described in `Beam` and
    `Acquisition`.
    """

    frequency: float
    depth: float
    bandwidth: float
    f_number: float
    sidelobes: float
    sensitivity: float
    clutter: float
    gain: float
    contrast: float
    smoothing: float


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
    scanner: Scanner
    private_creator: str

    def depth_cm(self, anatomy: Anatomy) -> float:
        """Return how deep the bottom of the image lies."""
        return anatomy.depth_cm * self.scanner.depth

    def frequency_mhz(self, anatomy: Anatomy) -> float:
        """Return the centre frequency of the pulses."""
        return anatomy.frequency_mhz * self.scanner.frequency


MACHINES = (
    Machine(
        "Sonavera Medical", "Veralux 90", "4.2.1", ExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated",
        Scanner(
            frequency=1.0, depth=1.0, bandwidth=0.65, f_number=2.2, sidelobes=0.08,
            sensitivity=74, clutter=-34, gain=0.0, contrast=60, smoothing=0.4,
        ),
        "SONAVERA_EXAM_01",
    ),
    Machine(
        "Echolume Systems", "Lumen E7", "R3.0.8", JPEGBaseline8Bit, "YBR_FULL_422",
        "calibrated",
        Scanner(
            frequency=0.95, depth=1.05, bandwidth=0.6, f_number=2.5, sidelobes=0.1,
            sensitivity=71, clutter=-32, gain=2.0, contrast=55, smoothing=0.5,
        ),
        "ECHOLUME 1.7 PARAMS",
    ),
    Machine(
        "Northwave Imaging", "NW-Pro 5", "11.04", RLELossless, "RGB",
        "calibrated",
        Scanner(
            frequency=1.1, depth=1.0, bandwidth=0.75, f_number=2.0, sidelobes=0.06,
            sensitivity=76, clutter=-36, gain=-2.0, contrast=66, smoothing=0.35,
        ),
        "NORTHWAVE_ULTRA",
    ),
    Machine(
        "Sonavera Medical", "Veralux Go", "2.9", JPEG2000Lossless, "RGB",
        "overhanging",
        Scanner(
            frequency=0.9, depth=1.1, bandwidth=0.5, f_number=3.2, sidelobes=0.16,
            sensitivity=65, clutter=-28, gain=1.0, contrast=58, smoothing=0.6,
        ),
        "SONAVERA_EXAM_01",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 3", "1.55b", ImplicitVRLittleEndian, "MONOCHROME2",
        "missing",
        Scanner(
            frequency=0.9, depth=1.05, bandwidth=0.45, f_number=3.0, sidelobes=0.14,
            sensitivity=67, clutter=-29, gain=-1.0, contrast=52, smoothing=0.5,
        ),
        "OSTWIND CLARION",
    ),
    Machine(
        "Ostwind Diagnostic", "Clarion 8", "3.10", DeflatedExplicitVRLittleEndian, "MONOCHROME2",
        "calibrated",
        Scanner(
            frequency=1.0, depth=1.0, bandwidth=0.6, f_number=2.3, sidelobes=0.1,
            sensitivity=72, clutter=-33, gain=0.5, contrast=62, smoothing=0.45,
        ),
        "OSTWIND CLARION",
    ),
)  # fmt: skip
# The frequency at which machines have the sensitivity of their table.
USUAL_MHZ = 3.5
# Aperture of each kind of probe, cm, and where operators put the focus, share of the depth.
APERTURE_CM = {"linear": 1.9, "convex": 2.4, "phased": 1.9, "endocavity": 1.3}
FOCUS = (0.4, 0.75)
# How often one side of the probe lifts off the skin, and what is lost at its end, dB.
LIFTED_SHARE, LIFTED_LOSS = 0.35, 14.0


def acquisition_settings(
    machine: Machine, anatomy: Anatomy, rng: np.random.Generator
) -> Acquisition:
    """Return what an operator sets on a machine for one exam: the habits of both, jittered."""
    scanner = machine.scanner
    depth_cm = machine.depth_cm(anatomy)
    beam = Beam(
        frequency_mhz=machine.frequency_mhz(anatomy),
        bandwidth=scanner.bandwidth,
        f_number=scanner.f_number,
        aperture_cm=APERTURE_CM[anatomy.probe],
        focus_cm=depth_cm * float(rng.uniform(*FOCUS)),
        sidelobes=scanner.sidelobes,
    )
    return Acquisition(
        beam=beam,
        depth_cm=depth_cm,
        gain=scanner.gain + float(rng.uniform(-4, 4)),
        dynamic_range=scanner.contrast + float(rng.uniform(-4, 4)),
        tgc=tuple(float(step) for step in rng.uniform(-2.5, 2.5, 6)),
        contact=_contact(rng),
        # High frequencies take small elements and a wide band: both let noise come closer.
        sensitivity=scanner.sensitivity - 20 * log10(beam.frequency_mhz / USUAL_MHZ),
        clutter=scanner.clutter,
        smoothing=scanner.smoothing,
    )


def _contact(rng: np.random.Generator) -> tuple[float, ...]:
    """Draw the loss in dB across the probe, which may lift off the skin at one end."""
    end_loss = float(rng.uniform(3, LIFTED_LOSS)) if rng.random() < LIFTED_SHARE else 0.0
    losses = (end_loss, end_loss * 0.2, 0.0, 0.0, 0.0, 0.0)
    return losses if rng.random() < 0.5 else losses[::-1]
