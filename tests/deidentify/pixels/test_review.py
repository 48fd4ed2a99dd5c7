from pathlib import Path

import numpy as np

from pipeline.deidentify.pixels.review import review_sector, review_text
from pipeline.deidentify.pixels.sector import Sector
from pipeline.deidentify.pixels.text import TextBox
from pipeline.deidentify.tables import REVIEW
from pipeline.io.regions import Box
from pipeline.io.tables import read_table, write_table

SURE, UNSURE = TextBox(10, 10, 40, 20, 0.99, True), TextBox(60, 30, 90, 40, 0.8, False)


def test_only_the_uncertain_is_for_a_human(tmp_path: Path) -> None:
    mask = np.ones((4, 4), bool)
    rows = [
        *review_text("a", 0, [SURE]),
        *review_text("a", 3, [SURE, UNSURE]),
        *review_sector("a", Sector(mask, Box(0, 0, 4, 4), "regions")),
        *review_sector("b", Sector(mask, Box(0, 0, 4, 4), "detected")),
    ]
    write_table(rows, REVIEW, tmp_path / "review.parquet")
    found = read_table(tmp_path / "review.parquet", REVIEW)
    assert list(zip(found.instance, found.frame_index, found.reason, found.score, strict=True)) == [
        ("a", 3, "uncertain_text", 0.8),
        ("b", 0, "sector_detected", 1.0),
    ]
