"""What is in doubt, in words that agree with the tables."""

from pipeline.deidentify.doubts import REASONS, Doubts, captions_of_doubt, checks_made
from pipeline.deidentify.pixels.review import REVIEW

ROWS = [
    ("a", 0, "sector_detected", 0.8),
    ("a", 3, "uncertain_text", 0.9),
    ("b", 1, "uncertain_text", 0.71),
    ("b", 2, "uncertain_text", 0.71),
    ("c", 0, "sector_detected", 0.95),
]
REVIEWED = [dict(zip(REVIEW.names, row, strict=True)) for row in ROWS]


def test_the_most_doubtful_comes_first_and_once() -> None:
    assert list(Doubts(REVIEWED, 2).open.items()) == [("b", 1), ("a", 0)]
    assert Doubts(REVIEWED, 2).instances == 3


def test_every_row_counts_under_its_reason() -> None:
    found = {
        reason.name: (reason.rows, reason.instances) for reason in Doubts(REVIEWED, 2).reasons()
    }
    assert found == {"sector_detected": (2, 2), "uncertain_text": (3, 2)}
    assert all(name in REVIEW.field("reason").metadata[b"description"].decode() for name in REASONS)


def test_a_caption_tells_every_reason_with_its_score() -> None:
    told = captions_of_doubt(REVIEWED, {"a", "c"})
    assert told.keys() == {"a", "c"}
    assert told["c"] == "to review: sector_detected (frame 0, score 0.95)"
    assert told["a"] == (
        "to review: sector_detected (frame 0, score 0.80), uncertain_text (frame 3, score 0.90)"
    )


def test_the_check_that_others_refer_to_comes_first() -> None:
    checks = {"bytes": "the same in bytes", "values": "values", "graph": "UIDs"}
    assert checks_made({"checks": checks}) == ["values", "the same in bytes", "UIDs"]
