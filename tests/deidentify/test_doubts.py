"""What is in doubt, in words that agree with the tables."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.deidentify.doubts import REASONS, Doubts, captions_of_doubt, checks_made, risk
from pipeline.deidentify.tables import REVIEW

ROWS = [
    ("a", 0, "sector_detected", 0.8),
    ("a", 3, "uncertain_text", 0.9),
    ("b", 1, "uncertain_text", 0.71),
    ("b", 2, "uncertain_text", 0.71),
    ("c", 0, "sector_detected", 0.95),
]
REVIEWED = [dict(zip(REVIEW.names, row, strict=True)) for row in ROWS]


def test_the_riskiest_comes_first_and_once() -> None:
    # All of c was kept, and no header says that it may be; of a the frame with text shows both.
    assert list(Doubts(REVIEWED, 3).open.items()) == [("c", 0), ("a", 3), ("b", 1)]
    assert list(Doubts(REVIEWED, 1).open) == ["c"]
    assert Doubts(REVIEWED, 1).instances == 3


@given(
    st.lists(st.tuples(st.sampled_from(sorted(REASONS)), st.floats(0, 1)), min_size=2, max_size=2)
)
def test_risk_rises_with_the_share_kept_and_falls_with_the_certainty_of_text(
    pair: list[tuple[str, float]],
) -> None:
    (one, score), (other, its_score) = pair
    first, second = (risk({"reason": reason, "score": number}) for reason, number in pair)
    if one != other:
        assert (first < second) == (one == "sector_detected")
    else:
        assert (first < second) == (
            score > its_score if one == "sector_detected" else score < its_score
        )


def test_every_row_counts_under_its_reason() -> None:
    found = {
        reason.name: (reason.rows, reason.instances) for reason in Doubts(REVIEWED, 2).reasons()
    }
    assert found == {"sector_detected": (2, 2), "uncertain_text": (3, 2)}
    assert all(name in REVIEW.field("reason").metadata[b"description"].decode() for name in REASONS)


def test_a_caption_tells_what_every_score_says() -> None:
    told = captions_of_doubt(REVIEWED, {"a", "b"})
    assert told == {
        "a": "to review: sector_detected (80% of the image was kept), uncertain_text (score 0.90 "
        "in frame 3)",
        "b": "to review: uncertain_text (score 0.71 in frame 1, no lower in 1 more)",
    }


def test_the_check_that_others_refer_to_comes_first() -> None:
    checks = {"bytes": "the same in bytes", "values": "values", "graph": "UIDs"}
    assert checks_made({"checks": checks}) == ["values", "the same in bytes", "UIDs"]
