"""A banner that touches the sector and was taken for part of it.

Dark letters on a light ground have the bright and changing pixels of speckle. Some of the banner's
words are found as text: they go beyond the sector on both sides and fill most of its uppermost
rows, as words within a sector do not.
"""

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from pipeline.deidentify.pixels.text import Mask, TextBox

# Share of the sector's width that text fills in a row of a banner.
FILLED = 0.5


def with_banner(text: Iterable[TextBox], mask_HW: Mask) -> list[TextBox]:
    """Return lines of text, sorted, and the uppermost rows of the mask if text fills most of them.

    The rows are one uncertain box, so that a person is asked to look. There is none where text
    covers all of them already.
    """
    boxes = sorted(text)
    x0, top, width, _ = cv2.boundingRect(mask_HW.view(np.uint8))
    touching = [box for box in boxes if box.y0 <= top < box.y1]
    if not touching or not _wider(touching, x0, x0 + width):
        return boxes
    kept = mask_HW[top : max(box.y1 for box in touching), x0 : x0 + width]
    filled = np.zeros_like(kept)
    for box in touching:
        filled[: box.y1 - top, max(box.x0 - x0, 0) : max(box.x1 - x0, 0)] = True
    enough = np.count_nonzero(filled & kept, axis=1) >= FILLED * width
    rows = np.flatnonzero(enough)[-1] + 1 if enough.any() else 0
    if not (kept & ~filled)[:rows].any():
        return boxes
    score = min(box.score for box in touching)
    return sorted([*boxes, TextBox(x0, top, x0 + width, top + int(rows), score, False)])


def _wider(boxes: Sequence[TextBox], x0: int, x1: int) -> bool:
    return min(box.x0 for box in boxes) < x0 and max(box.x1 for box in boxes) > x1
