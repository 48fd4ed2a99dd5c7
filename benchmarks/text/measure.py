"""Recall of text in the sector by size and grey level, and the tissue lost where there is none.

Both depend on the score from which on a candidate line counts as text, so each is measured for
several. A word that no candidate covers is lost whatever the judge says of it.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.text.backgrounds import Area, Background, colour_of
from benchmarks.text.writing import (
    Rng,
    free_spot,
    ink_of,
    put,
    random_font,
    random_word,
    stands_out,
)
from pipeline.deidentify.pixels.judge import Judge
from pipeline.deidentify.pixels.lines import Lines
from pipeline.deidentify.pixels.strokes import Numbers
from pipeline.deidentify.pixels.text import TextBox, candidates, choose
from tests.deidentify.screens import covered

HEIGHTS, GREYS = (7, 8, 10, 12, 14, 20, 30), (130, 160, 200, 255)
# What is asked for: height, grey level and recall.
DEMANDED = ((14, 255, 0.99), (10, 160, 0.95))
LIKELY = (0.95, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5)
SMALL = 256  # rows of a shrunken frame
HIT = 0.8  # share of a word's box under boxes
# Ink is legible where it is so much brighter than nearly all of what lies around it.
LEGIBLE = 30
# A line is the word's when this share of it lies in the word's box and it covers this share of
# that.
IN_WORD, OF_WORD = 0.6, 0.1
JudgeOf = Callable[[str], Judge]


class Trial(NamedTuple):
    """One word: its size in pixels, its grey level, and whether a human could read it.

    `is_candidate` tells whether lines of its own cover it, and `found_to` up to which of the
    scores `LIKELY` it is found, 0 when it never is.
    """

    group: str
    height: int
    grey: int
    legible: bool
    is_candidate: bool
    found_to: float


class Lost(NamedTuple):
    """The share of a sector without text that is painted over, from each of `LIKELY` on."""

    group: str
    shares: tuple[float, ...]


def overlaps(boxes_L4: Numbers, word: Area) -> tuple[Numbers, Numbers]:
    """Return which share of each line lies in a word's box, and which share of that it covers."""
    x0, y0, x1, y1 = boxes_L4.T
    left, top, right, bottom = word
    across = np.maximum(np.minimum(x1, right) - np.maximum(x0, left), 0)
    shared = across * np.maximum(np.minimum(y1, bottom) - np.maximum(y0, top), 0)
    return shared / ((x1 - x0) * (y1 - y0)), shared / ((right - left) * (bottom - top))


def _is_hit(word: Area, boxes: Iterable[TextBox]) -> bool:
    return covered(word, [(box.x0, box.y0, box.x1, box.y1) for box in boxes]) >= HIT


def trials(
    backgrounds: Sequence[Background], judge_of: JudgeOf, each: int, seed: int
) -> list[Trial]:
    """Write `each` words of every size and grey level into every background, one at a time."""
    rng = np.random.default_rng(seed)
    tried = (
        _trial(background, judge_of(background.group), height, grey, rng)
        for background in backgrounds
        for height in HEIGHTS
        for grey in GREYS
        for _ in range(each)
    )
    return [trial for trial in tried if trial is not None]


def _trial(background: Background, judge: Judge, height: int, grey: int, rng: Rng) -> Trial | None:
    """Return what becomes of a word, or None when it fits nowhere."""
    frame, mask = colour_of(background), background.mask_HW
    ink = ink_of(random_word(rng), random_font(height, rng), height, smooth=rng.random() < 0.7)
    corner = free_spot(mask & ~background.unjudged_HW, ink, rng)
    if corner is None:
        return None
    shown, word = put(frame, ink, corner, (grey,) * 3, halo=False)
    lines = candidates(shown, mask)
    scores = judge.scores(lines.evidence)
    in_word, of_word = overlaps(lines.boxes, word)
    own = (in_word >= IN_WORD) & (of_word >= OF_WORD)
    of_its_own = choose(Lines(*(values[own] for values in lines)), np.ones(own.sum()), mask)
    found = (score for score in LIKELY if _is_hit(word, choose(lines, scores, mask, score)))
    return Trial(
        background.group,
        height,
        grey,
        stands_out(frame, ink, corner, grey) >= LEGIBLE,
        _is_hit(word, of_its_own),
        next(found, 0.0),
    )


def lost_shares(backgrounds: Sequence[Background], judge_of: JudgeOf) -> list[Lost]:
    """Return what each sector would lose, at its own and at a small size."""
    return [
        _lost(shown, judge_of(background.group))
        for background in backgrounds
        for shown in (background, background.resized(SMALL))
    ]


def _lost(background: Background, judge: Judge) -> Lost:
    mask, unjudged = background.mask_HW, background.unjudged_HW
    lines = candidates(background.frame, mask)
    scores = judge.scores(lines.evidence)
    shares = []
    for score in LIKELY:
        painted = np.zeros(mask.shape, bool)
        for box in choose(lines, scores, mask, score):
            area = np.s_[box.y0 : box.y1, box.x0 : box.x1]
            painted[area] |= not unjudged[area].any()
        shares.append(float((painted & mask).sum() / mask.sum()))
    return Lost(background.group, tuple(shares))


def _recall(done: Sequence[Trial], height: int, grey: int) -> npt.NDArray[np.float64]:
    """Return up to which scores the legible words of one kind are found."""
    kind = [trial for trial in done if (trial.height, trial.grey) == (height, grey)]
    return np.array([trial.found_to for trial in kind if trial.legible])


def score_table(done: Sequence[Trial], lost: Sequence[Lost]) -> list[dict[str, object]]:
    """Return recall and area lost from each score on, in percent."""
    shares = 100 * np.array([one.shares for one in lost])
    return [
        {
            "score": score,
            **{
                f"recall_{height}_px_grey_{grey}": round(
                    100 * float((_recall(done, height, grey) >= score).mean()), 2
                )
                for height, grey, _ in DEMANDED
            },
            "area_lost_mean": round(float(shares[:, place].mean()), 4),
            "area_lost_most": round(float(shares[:, place].max()), 4),
        }
        for place, score in enumerate(LIKELY)
    ]


def size_table(done: Sequence[Trial], score: float) -> list[dict[str, object]]:
    """Return recall of legible words in percent by size and grey, from a score on.

    Beside it stands the share that candidates cover, the most that any judge could find.
    """
    rows: list[dict[str, object]] = []
    for height in HEIGHTS:
        for grey in GREYS:
            kind = [one for one in done if (one.height, one.grey) == (height, grey) and one.legible]
            if kind:
                found = np.mean([one.found_to >= score for one in kind])
                candidate = np.mean([one.is_candidate for one in kind])
                rows.append(
                    {
                        "height_px": height,
                        "grey": grey,
                        "words": len(kind),
                        "recall": round(100 * float(found), 1),
                        "candidates": round(100 * float(candidate), 1),
                    }
                )
    return rows
