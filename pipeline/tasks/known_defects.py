"""Rows of the challenge archive that are known to be bad, and what a study does with them.

- Mirrored femurs: the organisers told entrants of FU_Biometry 2026, which reuses the CSV
  `Reg-Two_3.fetal_femur.csv`, to disregard 25 images that are mirrored. Two entrants published
  the same list independently (`mirrored_femurs.csv`; 727 rows become 702).
- The official test half of FETAL_PLANES_DB: the patients 331 to 660 and 1227 to 1792. This rule
  gives, image by image, the split that UltraDINO published (data/fetal_planes_db of
  jakobamb/UltraDINO: 5,271 test images of 896 patients, 7,129 others of 896).
"""

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Literal

from pipeline.tasks.challenge import Entry
from pipeline.tasks.defects import Defect
from pipeline.tasks.params import TasksParams

MIRRORED_FEMURS = Path(__file__).with_name("mirrored_femurs.csv")
FEMUR_TASK = "fetal_femur"
FETAL_PLANES_NAME = re.compile(r"patient(\d{5})_plane\d_\d+_of_\d+", re.IGNORECASE)
OFFICIAL_TEST_PATIENTS = (range(331, 661), range(1227, 1793))


@cache
def _mirrored_femurs() -> frozenset[str]:
    with MIRRORED_FEMURS.open(newline="", encoding="utf-8") as handle:
        return frozenset(row["image"].casefold() for row in csv.DictReader(handle))


def is_mirrored_femur(entry: Entry) -> bool:
    """Say whether a row is one of the 25 mirrored images of fetal_femur."""
    name = PurePosixPath(entry.image).name.casefold()
    return entry.task.id == FEMUR_TASK and name in _mirrored_femurs()


def is_official_test(image: str) -> bool:
    """Say whether a path names an image of the official test half of FETAL_PLANES_DB."""
    found = FETAL_PLANES_NAME.fullmatch(PurePosixPath(image).stem)
    return found is not None and any(int(found[1]) in part for part in OFFICIAL_TEST_PATIENTS)


@dataclass(frozen=True)
class KnownDefects:
    """Which rows a study leaves out or holds out, by its params.

    Of `official_test`, "drop" and "hold_out" hold of whole groups, so they wait for the links.
    """

    drop_mirrored_femurs: bool
    official_test: Literal["ignore", "hold_out", "drop"]

    @classmethod
    def of(cls, params: TasksParams) -> "KnownDefects":
        """Return what the params ask for; a simulated archive has none of the known defects."""
        is_real = params.source == "fm_uia"
        return cls(
            is_real and params.drop_mirrored_femurs,
            params.fetal_planes_official if is_real else "ignore",
        )

    def check(self, entry: Entry) -> None:
        """Raise Defect when the row is left out."""
        if self.drop_mirrored_femurs and is_mirrored_femur(entry):
            raise Defect(
                "mirrored_femur", "the organisers disregard this mirrored image of the task"
            )

    def is_held_out(self, entry: Entry) -> bool:
        """Say whether a row must stay out of training and model selection."""
        return self.official_test != "ignore" and is_official_test(entry.image)
