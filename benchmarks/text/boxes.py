"""Recall of dark words in light boxes, as machines draw them over an image."""

from collections.abc import Sequence
from typing import NamedTuple

import imagecodecs
import numpy as np

from benchmarks.text.backgrounds import Background, colour_of
from benchmarks.text.writing import Rng, free_spot, ink_of, put, random_font, random_word
from pipeline.deidentify.pixels.text import find_text
from tests.deidentify.screens import Frame, covered

HEIGHTS = (7, 10, 14, 20)
# Of boxes: their grey levels, pixels around the word, and by how much it is darker at least.
PAPER, PADDING, DARKER = (90, 255), (2, 5), 80
QUALITY, HIT = 85, 0.8


class Boxed(NamedTuple):
    """One word in a box: its height, and whether it is found, plain and after a lossy JPEG."""

    height: int
    plain: bool
    lossy: bool


def boxed_words(backgrounds: Sequence[Background], each: int, seed: int) -> list[Boxed]:
    """Write `each` words of every height in a box into every background, one at a time."""
    rng = np.random.default_rng(seed)
    tried = (
        _boxed(background, height, rng)
        for background in backgrounds
        for height in HEIGHTS
        for _ in range(each)
    )
    return [one for one in tried if one is not None]


def _boxed(background: Background, height: int, rng: Rng) -> Boxed | None:
    """Return what becomes of a word, or None when its box fits nowhere."""
    mask = background.mask_HW
    word = ink_of(random_word(rng), random_font(height, rng), height, smooth=rng.random() < 0.7)
    paper = int(rng.integers(PAPER[0], PAPER[1] + 1))
    ink = int(rng.integers(0, paper - DARKER + 1))
    around = int(rng.integers(PADDING[0], PADDING[1] + 1))
    box = np.full((word.shape[0] + 2 * around, word.shape[1] + 2 * around), 255, np.uint8)
    corner = free_spot(mask & ~background.unjudged_HW, box, rng)
    if corner is None:
        return None
    boxed, _ = put(colour_of(background), box, corner, (paper,) * 3, halo=False)
    inside = corner[0] + around, corner[1] + around
    shown, place = put(boxed, word, inside, (ink,) * 3, halo=False)

    def is_found(frame: Frame) -> bool:
        found = [(box.x0, box.y0, box.x1, box.y1) for box in find_text(frame, mask)]
        return covered(place, found) >= HIT

    lossy = imagecodecs.jpeg_decode(imagecodecs.jpeg_encode(shown, level=QUALITY))
    return Boxed(height, is_found(shown), is_found(lossy))


def boxes_table(done: Sequence[Boxed]) -> list[dict[str, object]]:
    """Return recall in percent by height."""
    rows: list[dict[str, object]] = []
    for height in HEIGHTS:
        kind = [one for one in done if one.height == height]
        rows.append(
            {
                "height_px": height,
                "words": len(kind),
                "recall": round(100 * float(np.mean([one.plain for one in kind])), 1),
                f"recall_jpeg_{QUALITY}": round(
                    100 * float(np.mean([one.lossy for one in kind])), 1
                ),
            }
        )
    return rows
