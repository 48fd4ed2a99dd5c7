"""Which anatomies can be examined, with what probe, to what depth, and with which findings."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.simulate.anatomy.body import Body
from pipeline.simulate.anatomy.breast import breast
from pipeline.simulate.anatomy.carotid import carotid
from pipeline.simulate.anatomy.cervix import cervical_canal, cervix_section
from pipeline.simulate.anatomy.fetal_body import (
    SACRUM,
    fetal_abdomen,
    fetal_thorax,
    sacral_position,
)
from pipeline.simulate.anatomy.fetal_head import OCCIPUT, fetal_head, head_position
from pipeline.simulate.anatomy.fetal_limbs import fetal_femur, fetal_other
from pipeline.simulate.anatomy.heart import heart
from pipeline.simulate.anatomy.liver import HAEMANGIOMA, HCC, liver_lesion
from pipeline.simulate.anatomy.lung import lung
from pipeline.simulate.anatomy.organs import organ
from pipeline.simulate.anatomy.pelvis import ovary, uterus
from pipeline.simulate.anatomy.perineum import head_and_symphysis
from pipeline.simulate.anatomy.spine import spinal_cord
from pipeline.simulate.anatomy.thyroid import thyroid
from pipeline.simulate.probes import ProbeKind

Draw = Callable[[Body], None]


@dataclass(frozen=True)
class Anatomy:
    """One thing to examine. `depth_cm` is the usual depth from probe to the image's bottom.

    `frequency_mhz` is the usual transmit frequency of the probe.
    """

    name: str
    draw: Draw
    findings: tuple[str, ...]
    probe: ProbeKind
    depth_cm: float
    frequency_mhz: float


HEAD_POSITIONS = tuple(sorted(OCCIPUT))
SACRAL_POSITIONS = tuple(sorted(SACRUM))

BREAST = Anatomy("breast", breast, ("benign", "malignant", "normal"), "linear", 4.0, 10.0)
THYROID = Anatomy("thyroid", thyroid, ("nodule",), "linear", 3.8, 11.0)
LUNG = Anatomy("lung", lung, ("covid", "healthy", "other"), "convex", 9.5, 4.0)
CERVICAL_CANAL = Anatomy("cervical canal", cervical_canal, ("cervix",), "endocavity", 6.0, 6.5)
CERVIX_SECTION = Anatomy("cervix", cervix_section, ("cervix",), "convex", 10.0, 4.0)
FETAL_HEAD = Anatomy("fetal head", fetal_head, ("head",), "convex", 12.5, 3.5)
HEAD_POSITION = Anatomy("fetal head position", head_position, HEAD_POSITIONS, "convex", 14.0, 3.5)
SACRAL_POSITION = Anatomy("fetal breech", sacral_position, SACRAL_POSITIONS, "convex", 14.0, 3.5)
PERINEUM = Anatomy("birth progress", head_and_symphysis, ("labour",), "convex", 12.5, 3.5)
FETAL_ABDOMEN = Anatomy("fetal abdomen", fetal_abdomen, ("abdomen",), "convex", 12.0, 3.5)
FETAL_THORAX = Anatomy("fetal heart", fetal_thorax, ("heart",), "convex", 10.5, 4.0)
FETAL_FEMUR = Anatomy("fetal femur", fetal_femur, ("femur",), "convex", 11.0, 4.0)
FETAL_OTHER = Anatomy("fetal overview", fetal_other, ("other",), "convex", 12.0, 3.5)
LIVER = Anatomy("liver", liver_lesion, (HCC, HAEMANGIOMA), "convex", 12.5, 3.5)
ORGAN = Anatomy(
    "abdominal organ", organ,
    ("bladder", "bowel", "gallbladder", "kidney", "liver", "spleen"), "convex", 13.0, 3.5,
)  # fmt: skip
UTERUS = Anatomy("uterus", uterus, ("fibroid",), "endocavity", 9.0, 6.0)
OVARY = Anatomy("ovary", ovary, ("tumor",), "endocavity", 8.5, 6.0)
HEART = Anatomy("heart", heart, ("heart",), "phased", 16.0, 2.5)
CAROTID = Anatomy("carotid artery", carotid, ("artery",), "linear", 4.0, 9.0)
SPINAL_CORD = Anatomy("spinal cord", spinal_cord, ("injury",), "linear", 3.2, 10.0)

ANATOMIES = (
    BREAST, THYROID, LUNG, CERVICAL_CANAL, CERVIX_SECTION, FETAL_HEAD, HEAD_POSITION,
    SACRAL_POSITION, PERINEUM, FETAL_ABDOMEN, FETAL_THORAX, FETAL_FEMUR, FETAL_OTHER, LIVER,
    ORGAN, UTERUS, OVARY, HEART, CAROTID, SPINAL_CORD,
)  # fmt: skip
