"""Recall of text in the sector by size and grey level, and the tissue lost where there is none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from benchmarks.text.backgrounds import Background, colour_of
from benchmarks.text.writing import free_spot, ink_of, put, random_font, random_word
from pipeline.deidentify.pixels.text import TextBox
from tests.deidentify.screens import Frame, Mask, covered

HEIGHTS, GREYS = (7, 8, 10, 12, 14, 20, 30), (130, 160, 200, 255)
SMALL = 256  # rows of a shrunken frame
HIT = 0.8  # share of a word's box under boxes
# Ink is legible where it is so much brighter than nearly all of what lies around it.
LEGIBLE, NEARLY_ALL = 30, 90
Find = Callable[[Frame, Mask], list[TextBox]]


class Trial(NamedTuple):
    """One word: its size in pixels, its grey level, whether a human could read it, and if found."""

    group: str
    height: int
    grey: int
    legible: bool
    found: bool


def _places(boxes: Iterable[TextBox]) -> list[tuple[int, int, int, int]]:
    return [(box.x0, box.y0, box.x1, box.y1) for box in boxes]


def trials(backgrounds: Sequence[Background], find: Find, each: int, seed: int) -> list[Trial]:
    """Write `each` words of every size and grey level into every background, one at a time."""
    rng = np.random.default_rng(seed)
    done = []
    for background in backgrounds:
        frame, free = colour_of(background), background.mask_HW & ~background.unjudged_HW
        for height in HEIGHTS:
            for grey in GREYS:
                for _ in range(each):
                    font = random_font(height, rng)
                    ink = ink_of(random_word(rng), font, height, smooth=rng.random() < 0.7)
                    corner = free_spot(free, ink, rng)
                    if corner is None:
                        continue
                    shown, box = put(frame, ink, corner, (grey,) * 3, halo=False)
                    x0, y0, x1, y1 = box
                    around = np.percentile(frame[y0:y1, x0:x1].max(axis=2), NEARLY_ALL)
                    legible = bool(grey - around >= LEGIBLE)
                    hit = covered(box, _places(find(shown, background.mask_HW))) >= HIT
                    done.append(Trial(background.group, height, grey, legible, hit))
    return done


def lost_shares(backgrounds: Sequence[Background], find: Find) -> list[float]:
    """Return the share of each sector that would be painted over, at its own and a small size."""
    return [
        _lost_share(shown, find)
        for background in backgrounds
        for shown in (background, background.resized(SMALL))
    ]


def _lost_share(background: Background, find: Find) -> float:
    painted = np.zeros(background.mask_HW.shape, bool)
    for x0, y0, x1, y1 in _places(find(background.frame, background.mask_HW)):
        if not background.unjudged_HW[y0:y1, x0:x1].any():
            painted[y0:y1, x0:x1] = True
    return float((painted & background.mask_HW).sum() / background.mask_HW.sum())


def recall_table(done: Sequence[Trial], legible: bool) -> str:
    """Return recall in percent as a Markdown table, of legible words only or of all."""
    hits: dict[tuple[int, int], list[bool]] = defaultdict(list)
    for trial in done:
        if trial.legible or not legible:
            hits[trial.height, trial.grey].append(trial.found)
    lines = ["| height | " + " | ".join(f"grey {grey}" for grey in GREYS) + " |"]
    lines.append("|---|" + "---:|" * len(GREYS))
    for height in HEIGHTS:
        cells = [hits[height, grey] for grey in GREYS]
        shown = [f"{100 * np.mean(cell):.1f} ({len(cell)})" if cell else "" for cell in cells]
        lines.append(f"| {height} px | " + " | ".join(shown) + " |")
    return "\n".join(lines)
