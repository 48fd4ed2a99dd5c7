"""What is in doubt, in words that agree with the tables."""

import pandas as pd

from pipeline.deidentify.doubts import (
    REASONS,
    captions_of_doubt,
    checks_made,
    open_items,
    reasons_of_doubt,
)
from pipeline.deidentify.pixels.review import REVIEW

ROWS = [
    ("a", 3, "uncertain_text", 0.9),
    ("b", 1, "uncertain_text", 0.71),
    ("a", 0, "sector_detected", 0.8),
    ("c", 0, "sector_detected", 0.95),
]
REVIEWED = pd.DataFrame(ROWS, columns=REVIEW.names)


def test_the_most_doubtful_comes_first_and_once() -> None:
    assert list(open_items(REVIEWED, 2).items()) == [("b", 1), ("a", 0)]


def test_every_row_counts_under_its_reason() -> None:
    found = {reason.name: (reason.rows, reason.instances) for reason in reasons_of_doubt(REVIEWED)}
    assert found == {"sector_detected": (2, 2), "uncertain_text": (2, 2)}
    assert all(name in REVIEW.field("reason").metadata[b"description"].decode() for name in REASONS)


def test_a_caption_tells_every_reason_with_its_score() -> None:
    told = captions_of_doubt(REVIEWED)
    assert told["b"] == "to review: uncertain_text (frame 1, score 0.71)"
    assert told["a"] == (
        "to review: sector_detected (frame 0, score 0.80), uncertain_text (frame 3, score 0.90)"
    )


def test_the_check_that_others_refer_to_comes_first() -> None:
    checks = {"bytes": "the same in bytes", "values": "values", "graph": "UIDs"}
    assert checks_made({"checks": checks}) == ["values", "the same in bytes", "UIDs"]
