"""The 26 image collections behind the 27 tasks: folder names, file names, and what is in them.

Folder and CSV names follow the published archive of the FM_UIA 2026 challenge where they are
known, blanks, commas, parentheses, `+` and one no-break space included. Which collection a CSV
row points to is what makes images shared between tasks.
"""

from dataclasses import dataclass
from typing import Literal

from pipeline.simulate.atlas import (
    BREAST,
    CAROTID,
    CERVICAL_CANAL,
    CERVIX_SECTION,
    FETAL_ABDOMEN,
    FETAL_FEMUR,
    FETAL_HEAD,
    FETAL_OTHER,
    FETAL_THORAX,
    HEAD_POSITION,
    HEART,
    LIVER,
    LUNG,
    ORGAN,
    OVARY,
    PERINEUM,
    SACRAL_POSITION,
    SPINAL_CORD,
    THYROID,
    UTERUS,
    Anatomy,
)

# What to draw and with which finding.
Subject = tuple[Anatomy, str]
Suffix = Literal[".png", ".jpg", ".bmp"]


@dataclass(frozen=True)
class Collection:
    """One collection of images.

    `tables` maps a CSV's file name to the task that its rows serve. `subjects` are the classes in
    index order (one when the collection has no classes). `folders` may hold `{label}`, filled
    with the finding. `names` is how files are named: frames of one clip, FETAL_PLANES_DB's planes
    of one patient, or numbered cases. `stream` names the random stream: two collections with the
    same stream hold the same images. Masks lie in `masks`, if there are any.
    """

    stream: str
    tables: dict[str, str]
    subjects: tuple[Subject, ...]
    folders: tuple[str, ...]
    suffix: Suffix = ".png"
    names: Literal["case", "clip", "plane"] = "case"
    masks: str | None = None
    colour: bool = False


def _every_finding(anatomy: Anatomy) -> tuple[Subject, ...]:
    return tuple((anatomy, finding) for finding in anatomy.findings)


FETAL_PLANES: tuple[Subject, ...] = (
    (FETAL_ABDOMEN, "abdomen"),
    (FETAL_HEAD, "head"),
    (FETAL_FEMUR, "femur"),
    (FETAL_THORAX, "heart"),
    (CERVICAL_CANAL, "cervix"),
    (FETAL_OTHER, "other"),
)

REGRESSION = (
    Collection(
        "FUGC", {"Reg-Two_1.FUGC.csv": "FUGC"}, _every_finding(CERVICAL_CANAL),
        tuple(
            f"Regression/2022153475/FUGC (Dataset)/dataset/{part}/images"
            for part in ("part1/labeled_data", "part2", "part3")
        ),
    ),
    Collection(
        "IUGC", {"Reg-Three_2.IUGC.csv": "IUGC"}, _every_finding(PERINEUM),
        tuple(
            f"Regression/24+25dataset/4000+700/{part}/image_jpg"
            for part in ("4000part1_512", "700part2_512")
        ),
        suffix=".jpg", colour=True,
    ),
    Collection(
        "FETAL_PLANES femur", {"Reg-Two_3.fetal_femur.csv": "fetal_femur"},
        _every_finding(FETAL_FEMUR), ("Regression/Two_3.fetal_femur/image",), names="plane",
    ),
)  # fmt: skip

CLASSIFICATION = (
    Collection(
        "head position", {"Cls-Eight_1.Head_Position.csv": "fetal_head_pos_cls"},
        _every_finding(HEAD_POSITION), ("Classification/Eight_1.Head_Position/{label}",),
        suffix=".jpg", names="clip",
    ),
    Collection(
        "sacral position", {"Cls-Eight_2.Sacral_Position.csv": "fetal_sacral_pos_cls"},
        _every_finding(SACRAL_POSITION), ("Classification/Eight_2.Sacral_Position/{label}",),
        suffix=".jpg", names="clip", colour=True,
    ),
    Collection(
        "FETAL_PLANES", {"Cls-Six_2.FETAL_PLANES_ZENODO_12,400.csv": "fetal_plane_cls"},
        FETAL_PLANES, ("Classification/Six_2.FETAL_PLANES_ZENODO_12,400/Images",), names="plane",
    ),
    Collection(
        "HCC", {"Cls-Two_1.HCC_Hemangioma_5466.csv": "liver_lesion_2cls"}, _every_finding(LIVER),
        tuple(
            f"Classification/Two_1.HCC_Hemangioma_5466/{part}/{{label}}"
            for part in ("train_2", "test_2")
        ),
        suffix=".jpg", colour=True,
    ),
    Collection(
        "LUIFA", {"Cls-Three_3.LUIFA_Dataset.csv": "lung_disease_3cls"}, _every_finding(LUNG),
        ("Classification/Three_3.LUIFA_Dataset/{label}",), suffix=".bmp",
    ),
    Collection(
        "USAnotAI", {"Cls-Six_1.USAnotAI-master_Dataset.csv": "organ_cls"}, _every_finding(ORGAN),
        ("Classification/Six_1.USAnotAI-master_Dataset/{label}",), colour=True,
    ),
)  # fmt: skip

DETECTION = (
    Collection(
        "spinal cord", {"Det-One_1.spinal_cord_injury.csv": "spinal_cord_injury_loc"},
        _every_finding(SPINAL_CORD),
        tuple(
            "Detection/One/Ultrasound spinal cord dataset_2,245/Injury localization dataset"
            f"/images/{part}"
            for part in ("part1", "part2", "part3")
        ),
    ),
    Collection(
        "TN5000", {"Det-One_2.TN5000.csv": "thyroid_nodule_det"}, _every_finding(THYROID),
        ("Detection/One/TN5000_forReview/JPEGImages",), suffix=".jpg",
    ),
    Collection(
        "fibroid", {"Det-One_3.uterine_fibroid.csv": "uterine_fibroid_det"},
        _every_finding(UTERUS),
        ("Detection/One/uterine fibroid\N{NO-BREAK SPACE}ultrasound images_871/JPEGImages",),
        suffix=".jpg", colour=True,
    ),
)  # fmt: skip

TWO = "Segmentation/Two"
BREASTS = (
    Collection(
        "BUSI-WHU",
        {
            "Seg-Two_1.breast_lesion_BUSI-WHU.csv": "breast_lesion",
            "Cls-Two_2.BUSI-WHU_Dataset_927.csv": "breast_2cls",
        },
        ((BREAST, "benign"), (BREAST, "malignant")), (f"{TWO}/BUSI-WHU_927/img",),
        suffix=".bmp", masks=f"{TWO}/BUSI-WHU_927/gt",
    ),
    Collection(
        "BUS-UCLM",
        {
            "Seg-Two_2.breast_lesion_BUS-UCLM.csv": "breast_lesion",
            "Cls-Three_1.BUS-UCLM_Dataset_683.csv": "breast_3cls",
        },
        _every_finding(BREAST), (f"{TWO}/BUS-UCLM_683/images",),
        masks=f"{TWO}/BUS-UCLM_683/masks", colour=True,
    ),
    Collection(
        "BUSI",
        {
            "Seg-Two_3.breast_lesion_BUSI.csv": "breast_lesion",
            "Cls-Three_2.BUSI_Dataset_780.csv": "breast_3cls",
        },
        _every_finding(BREAST), (f"{TWO}/BUSI_780 (with GT)/{{label}}",),
        masks=f"{TWO}/BUSI_780 (with GT)/masks",
    ),
)  # fmt: skip

SEGMENTATION = (
    *BREASTS,
    Collection(
        "Lung 2756",
        {"Seg-Two_4.lung.csv": "lung", "Cls-Two_3.Lung_Dataset_2756.csv": "lung_2cls"},
        ((LUNG, "healthy"), (LUNG, "covid")), (f"{TWO}/Lung_Ultrasound_Dataset_2756/images",),
        masks=f"{TWO}/Lung_Ultrasound_Dataset_2756/masks",
    ),
    Collection(
        "carotid", {"Seg-Two_5.carotid_artery.csv": "carotid_artery"}, _every_finding(CAROTID),
        (f"{TWO}/Common Carotid Artery Ultrasound Images/US images",),
        masks=f"{TWO}/Common Carotid Artery Ultrasound Images/Expert mask images",
    ),
    Collection(
        "cervix", {"Seg-Two_6.cervix.csv": "cervix"}, _every_finding(CERVIX_SECTION),
        (f"{TWO}/cervix/images",), masks=f"{TWO}/cervix/masks", colour=True,
    ),
    Collection(
        "fetal head", {"Seg-Two_7.fetal_head.csv": "fetal_head"}, _every_finding(FETAL_HEAD),
        (f"{TWO}/fetal_head/images",), masks=f"{TWO}/fetal_head/masks",
    ),
    Collection(
        "fetal heart", {"Seg-Two_8.fetal_heart.csv": "fetal_heart"}, _every_finding(FETAL_THORAX),
        (f"{TWO}/fetal_heart/images",), masks=f"{TWO}/fetal_heart/masks", suffix=".jpg",
    ),
    Collection(
        "MMOTU", {"Seg-Two_9.ovary_tumor.csv": "ovary_tumor"}, _every_finding(OVARY),
        (f"{TWO}/MMOTU, OTU_2d/images",), masks=f"{TWO}/MMOTU, OTU_2d/annotations",
        suffix=".jpg", colour=True,
    ),
    Collection(
        "TN3K", {"Seg-Two_10.thyroid_nodule.csv": "thyroid_nodule"}, _every_finding(THYROID),
        (f"{TWO}/TN3K/trainval-image",), masks=f"{TWO}/TN3K/trainval-mask", suffix=".jpg",
    ),
    Collection(
        # The same images as in the landmark task: the archive publishes this set twice.
        "FUGC", {"Seg-Three_1.cervix_multi.csv": "cervix_multi"}, _every_finding(CERVICAL_CANAL),
        ("Segmentation/Three/cervix_multi/images",),
        masks="Segmentation/Three/cervix_multi/labels",
    ),
    Collection(
        "PSFHS", {"Seg-Three_2.head_symphysis.csv": "head_symphysis_multi"},
        _every_finding(PERINEUM), ("Segmentation/Three/FH-PS-AOP/image_mha",),
        masks="Segmentation/Three/FH-PS-AOP/label_mha",
    ),
    Collection(
        "CAMUS", {"Seg-Four_1.cardiac.csv": "cardiac_multi"}, _every_finding(HEART),
        ("Segmentation/Four/CAMUS/images",), masks="Segmentation/Four/CAMUS/masks", names="clip",
    ),
    Collection(
        "FASS", {"Seg-Five_1.fetal_abdomen.csv": "fetal_abdomen_multi"},
        _every_finding(FETAL_ABDOMEN), ("Segmentation/Five/FASS/IMAGES",),
        masks="Segmentation/Five/FASS/ARRAY_FORMAT",
    ),
)  # fmt: skip

COLLECTIONS = (*REGRESSION, *CLASSIFICATION, *DETECTION, *SEGMENTATION)
