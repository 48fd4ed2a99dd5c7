"""Text in a cine: what stays on all frames, and what appears on some of them.

Looking for text costs far more than decoding a frame, so it is sought where it can be: on the
first frame, on the darkest values of every few frames, in which echo fades and ink does not, and
in any frame in which sharp strokes have jumped out since the frame before, as letters do when a
machine begins to show them. From there a line of text is followed by its own strokes until they
are gone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.banner import with_banner
from pipeline.deidentify.pixels.stroke_maps import square
from pipeline.deidentify.pixels.text import Mask, TextBox, find_text
from pipeline.io.images import Image, to_grey

# Strokes that appear rise and stand out by so many grey levels, and are thinner than the brush.
RISE, INK_CONTRAST, BRUSH = 48, 40, square(7)
# Three letters of 10 pixels have so many stroke pixels; they lie within a cell of this size.
FEWEST_PIXELS, CELL_HEIGHT, CELL_WIDTH = 28, 12, 32
# Text is still there while this share of its strokes is within `FADED` levels of what it was.
STILL_THERE, FADED = 0.6, 40
# A codec that predicts frames from frames may smear text into the neighbours.
SMEAR = 1


@dataclass
class _Shown:
    """A line of text, the frames it was seen in, and its strokes: places and levels."""

    box: TextBox
    first: int
    last: int
    rows: npt.NDArray[np.intp]
    columns: npt.NDArray[np.intp]
    ink: npt.NDArray[np.int16]

    def is_in(self, level_HW: Image) -> bool:
        now = level_HW[self.rows, self.columns]
        return bool(np.mean(np.abs(now - self.ink) <= FADED) >= STILL_THERE)


def _contrast(level_HW: Image) -> Image:
    return cv2.morphologyEx(level_HW, cv2.MORPH_TOPHAT, BRUSH).astype(np.uint8)


def _strokes(level_HW: Image, box: TextBox) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return rows and columns of the ink within a box: its most contrasting pixels."""
    contrast = _contrast(level_HW[box.y0 : box.y1, box.x0 : box.x1])
    rows, columns = np.nonzero(contrast >= max(int(contrast.max(initial=0)) // 2, 1))
    return rows + box.y0, columns + box.x0


class CineText:
    """Finds the text of a cine in one pass over its frames, in the memory of a few frames.

    Call `look` with every frame in order, then `boxes_for` with any index. `window` is the number
    of frames whose darkest values are searched together.
    """

    def __init__(self, mask_HW: Mask, window: int) -> None:
        self.mask_HW = mask_HW
        self.window = window
        x0, y0, width, height = cv2.boundingRect(mask_HW.astype(np.uint8))
        self.area = slice(y0, y0 + height), slice(x0, x0 + width)
        self.count = 0
        self.shown: list[_Shown] = []
        self.gone: list[tuple[TextBox, int, int]] = []
        self.before: Image | None = None
        self.darkest: Image | None = None
        self.banners: dict[frozenset[TextBox], list[TextBox]] = {}

    def look(self, frame: Image) -> None:
        """Take the next frame, `image_HW` or `_HWC` (RGB)."""
        level = to_grey(frame)
        self._follow(level)
        self._search(frame, self._jumped(level), self.count)
        darkest = self.darkest
        self.darkest = frame if darkest is None else cv2.min(darkest, frame).astype(np.uint8)
        self.before = level
        self.count += 1
        if self.count % self.window == 0:
            self._search_window()

    def boxes_for(self, index: int) -> list[TextBox]:
        """Return the lines of text of a frame that was looked at."""
        self._search_window()
        spans = [*self.gone, *((line.box, line.first, line.last) for line in self.shown)]
        near = frozenset(
            box for box, first, last in spans if first - SMEAR <= index <= last + SMEAR
        )
        if near not in self.banners:  # most frames show the same lines
            self.banners[near] = with_banner(near, self.mask_HW)
        return self.banners[near]

    def _follow(self, level: Image) -> None:
        """Note which known lines this frame still shows."""
        still: list[_Shown] = []
        for line in self.shown:
            if line.is_in(level):
                line.last = self.count
                still.append(line)
            else:
                self.gone.append((line.box, line.first, line.last))
        self.shown = still

    def _jumped(self, level: Image) -> Mask:
        """Return where within the mask, cell by cell, strokes have appeared since the last frame.

        Strokes that are followed already are not new.
        """
        jumped = np.zeros_like(self.mask_HW)
        if self.before is None:
            return self.mask_HW
        now, mask = level[self.area], self.mask_HW[self.area]
        rise = cv2.subtract(now, self.before[self.area]).astype(np.uint8, copy=False)
        if np.count_nonzero(rise >= RISE) < FEWEST_PIXELS:
            return jumped
        new = (_contrast(rise) >= RISE) & (_contrast(now) >= INK_CONTRAST) & mask
        known = np.zeros_like(self.mask_HW)
        for line in self.shown:
            known[line.rows, line.columns] = True
        new &= ~known[self.area]
        if np.count_nonzero(new) < FEWEST_PIXELS:  # then no cell is full
            return jumped
        cell = (CELL_WIDTH, CELL_HEIGHT)
        crowd = cv2.boxFilter(new.astype(np.uint8), cv2.CV_16U, cell, normalize=False)
        full = crowd >= FEWEST_PIXELS
        if not full.any():
            return jumped
        # Letters at the ends of a word may not fill a cell.
        reach = np.ones((3 * CELL_HEIGHT, 3 * CELL_WIDTH), np.uint8)
        jumped[self.area] = cv2.dilate(full.view(np.uint8), reach).astype(bool) & mask
        return jumped

    def _search(self, image: Image, area_HW: Mask, first: int) -> None:
        """Add what text an image shows in an area since `first`, unless a known line covers it."""
        found = find_text(image, area_HW)
        level = to_grey(image) if found else image
        for box in found:
            if not _covered(box, [line.box for line in self.shown if line.first <= first]):
                rows, columns = _strokes(level, box)
                ink = level[rows, columns].astype(np.int16)
                self.shown.append(_Shown(box, first, self.count, rows, columns, ink))

    def _search_window(self) -> None:
        """Search the darkest values since the last window: ink that shows in every frame."""
        if self.darkest is not None:
            # Ink too faint to be seen jumping may have come in the window before.
            start = ((self.count - 1) // self.window - 1) * self.window
            self.count -= 1
            self._search(self.darkest, self.mask_HW, start)
            self.count += 1
            self.darkest = None


def _covered(box: TextBox, known: Sequence[TextBox]) -> bool:
    return any(
        other.x0 <= box.x0 and other.y0 <= box.y0 and other.x1 >= box.x1 and other.y1 >= box.y1
        for other in known
    )
