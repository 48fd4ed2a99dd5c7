"""Acoustic properties of tissues: what a scene is filled with.

Attenuation, impedance (density x speed of sound) and backscatter are rounded from Duck, Physical
Properties of Tissue (1990), chapter 4; Goss et al., J. Acoust. Soc. Am. 64:423 (1978); Mast,
Acoust. Res. Lett. Online 1:37 (2000); for fetal and calcified tissue and lung, Szabo, Diagnostic
Ultrasound Imaging (2nd ed., 2014), appendix B. Attenuation is taken as proportional to frequency.
Muscle is seen across its fibres. Scatterer densities are ours: they give parenchyma a Rayleigh
envelope and fat, muscle and fibrous tissue a K-like one, as Shankar et al., IEEE Trans. Med.
Imaging 12:687 (1993), found in the breast.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tissue:
    """One kind of tissue.

    `echo` in dB relative to liver-like soft tissue; `attenuation` in dB/cm/MHz, one way;
    `impedance` in MRayl; `density` in scatterers per square millimetre of the image plane.
    """

    echo: float
    attenuation: float
    impedance: float
    density: float = 200.0


SOFT = Tissue(echo=0, attenuation=0.5, impedance=1.65)
SKIN = Tissue(echo=6, attenuation=0.9, impedance=1.72)
FAT = Tissue(echo=-9, attenuation=0.5, impedance=1.38, density=10)
MUSCLE = Tissue(echo=-7, attenuation=0.7, impedance=1.70, density=16)
FIBROUS = Tissue(echo=7, attenuation=1.2, impedance=1.75, density=10)
GLAND = Tissue(echo=4, attenuation=0.7, impedance=1.62)
KIDNEY = Tissue(echo=-7, attenuation=0.6, impedance=1.64)
BRAIN = Tissue(echo=-13, attenuation=0.35, impedance=1.58)
LUNG_SOLID = Tissue(echo=-3, attenuation=0.6, impedance=1.63)
BLOOD = Tissue(echo=-34, attenuation=0.18, impedance=1.62)
FLUID = Tissue(echo=-60, attenuation=0.02, impedance=1.52)
CARTILAGE = Tissue(echo=-16, attenuation=2.0, impedance=1.85)
FETAL_BONE = Tissue(echo=14, attenuation=7.0, impedance=3.2)
BONE = Tissue(echo=14, attenuation=15.0, impedance=6.5)
CALCIFICATION = Tissue(echo=16, attenuation=14.0, impedance=4.5)
GAS = Tissue(echo=-20, attenuation=40.0, impedance=0.0004)
