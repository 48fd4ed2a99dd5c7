"""Candidate lines to learn from: words that were written, and echo that merely looks like some."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from benchmarks.text import writing
from benchmarks.text.backgrounds import Area, Background, colour_of, recompressed, with_flow
from benchmarks.text.measure import IN_WORD, OF_WORD, overlaps
from pipeline.deidentify.pixels.strokes import Numbers
from pipeline.deidentify.pixels.text import candidates
from tests.deidentify.screens import Frame

# How a background is varied before words are written into it.
SIZES, GAMMAS, QUALITIES = (0.5, 0.6, 0.75, 0.9, 1.0, 1.0, 1.1, 1.25), (0.6, 1.4), (50, 100)
FLOW_SHARE, COMPRESSED_SHARE, COLOURED_SHARE, HALO_SHARE = 0.4, 0.5, 0.25, 0.2
# Letters from the lowest to the highest, as a share of the frame, and greys.
LOWEST, HIGHEST, HIGHEST_SHARE, GREYS = 6, 32, 0.1, (115, 256)
COLOURS, BRIGHT = (60, 120, 200, 255), 130
# Words that stand out by fewer grey levels teach that echo is text.
FAINTEST = 20
WORDS, PAGES = 6, 3
# Room around a word, across and down, that no other word takes.
ROOM_X, ROOM_Y = 60, 30
# A line is no word's when hardly any of it lies in one. What is between teaches nothing.
APART = 0.02


class Examples(NamedTuple):
    """What is known of lines `_LE`, whether they are text `_L`, and from which group they come."""

    evidence: Numbers
    is_text: npt.NDArray[np.bool_]
    group: list[str]

    def joined(self, other: Self) -> Self:
        """Return both."""
        return type(self)(
            np.concatenate([self.evidence, other.evidence]),
            np.concatenate([self.is_text, other.is_text]),
            self.group + other.group,
        )


def varied(background: Background, rng: writing.Rng) -> Background:
    """Return a background in another size and gain, perhaps mirrored, perhaps with flow."""
    height = round(background.mask_HW.shape[0] * rng.choice(SIZES))
    changed = background.resized(height).with_gain(rng.uniform(*GAMMAS))
    if rng.random() < 0.5:
        changed = changed.mirrored()
    return with_flow(changed, rng) if rng.random() < FLOW_SHARE else changed


def _level(rng: writing.Rng) -> tuple[int, ...]:
    if rng.random() >= COLOURED_SHARE:
        return (int(rng.integers(*GREYS)),) * 3
    colour = tuple(int(value) for value in rng.choice(COLOURS, 3))
    return colour if max(colour) >= BRIGHT else (255, 255, 0)


def _page(background: Background, rng: writing.Rng) -> tuple[Frame, list[Area]]:
    """Return the frame with some words in its sector, and their boxes."""
    shown, boxes = colour_of(background), []
    free = background.mask_HW & ~background.unjudged_HW
    highest = min(HIGHEST, HIGHEST_SHARE * free.shape[0])
    for _ in range(WORDS):
        height = round(np.exp(rng.uniform(np.log(LOWEST), np.log(highest))))
        ink = writing.ink_of(
            writing.random_word(rng), writing.random_font(height, rng), height, rng.random() < 0.7
        )
        corner = writing.free_spot(free, ink, rng)
        level = _level(rng)
        if corner is not None and writing.stands_out(shown, ink, corner, max(level)) >= FAINTEST:
            shown, box = writing.put(shown, ink, corner, level, rng.random() < HALO_SHARE)
            boxes.append(box)
            x0, y0, x1, y1 = box
            free[max(y0 - ROOM_Y, 0) : y1 + ROOM_Y, max(x0 - ROOM_X, 0) : x1 + ROOM_X] = False
    return shown, boxes


def _examples(background: Background, frame: Frame, words: Sequence[Area]) -> Examples:
    lines = candidates(frame, background.mask_HW)
    x0, y0, x1, y1 = lines.boxes.T
    own, covered = np.zeros((2, len(x0)))
    for word in words:
        in_word, of_word = overlaps(lines.boxes, word)
        own, covered = np.maximum(own, in_word), np.maximum(covered, of_word)
    is_text = (own >= IN_WORD) & (covered >= OF_WORD)
    height, width = background.mask_HW.shape
    middle = (
        np.clip((y0 + y1) / 2, 0, height - 1).astype(np.intp),
        np.clip((x0 + x1) / 2, 0, width - 1).astype(np.intp),
    )
    judged = background.mask_HW[middle] & ~background.touches_unjudged(lines.boxes)
    chosen = judged & (is_text | (own <= APART))
    return Examples(lines.evidence[chosen], is_text[chosen], [background.group] * chosen.sum())


def _all_examples(
    backgrounds: Sequence[Background], each: int, rng: writing.Rng
) -> Iterator[Examples]:
    for original in backgrounds:
        for _ in range(each):
            background = varied(original, rng)
            pages = [(background.frame, []), *(_page(background, rng) for _ in range(PAGES))]
            for frame, words in pages:
                compressed = rng.random() < COMPRESSED_SHARE
                quality = int(rng.integers(*QUALITIES))
                shown = recompressed(frame, quality) if compressed else frame
                yield _examples(background, shown, words)


def make_examples(backgrounds: Sequence[Background], each: int, seed: int) -> Examples:
    """Return the lines found in each background, varied `each` times, without and with words."""
    evidence, is_text, groups = zip(
        *_all_examples(backgrounds, each, np.random.default_rng(seed)), strict=True
    )
    return Examples(
        np.concatenate(evidence), np.concatenate(is_text), list(chain.from_iterable(groups))
    )
