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

from pipeline.deidentify.strokes import SCALES, square
from pipeline.deidentify.text import Mask, TextBox, find_text
from pipeline.io.images import Image, to_grey

# Contrast of ink over its surroundings, and rise since the frame before, in grey levels.
INK_CONTRAST, RISE = 28, 24
# Two letters of 10 pixels have so many stroke pixels; they lie within a cell of this size.
FEWEST_PIXELS, CELL_HEIGHT, CELL_WIDTH = 14, 16, 48
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
    brush = square(SCALES[-1].brush)
    return cv2.morphologyEx(level_HW, cv2.MORPH_TOPHAT, brush).astype(np.uint8)


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
        self.count = 0
        self.shown: list[_Shown] = []
        self.gone: list[tuple[TextBox, int, int]] = []
        self.before: Image | None = None
        self.darkest: Image | None = None

    def look(self, frame: Image) -> None:
        """Take the next frame, `image_HW` or `_HWC` (RGB)."""
        level = to_grey(frame)
        self._follow(level)
        if self.before is None:
            self._search(frame, self.mask_HW, self.count)
        elif (jumped := self._jumped(level)).any():
            self._search(frame, jumped, self.count)
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
        near = {box for box, first, last in spans if first - SMEAR <= index <= last + SMEAR}
        return sorted(near)

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
        rise = cv2.subtract(level, self.before)
        new = ((rise >= RISE) & self.mask_HW).astype(np.uint8)
        if cv2.countNonZero(new) < FEWEST_PIXELS:
            return np.zeros_like(self.mask_HW)
        new &= (_contrast(level) >= INK_CONTRAST).astype(np.uint8)
        for line in self.shown:
            new[line.rows, line.columns] = 0
        cell = (CELL_WIDTH, CELL_HEIGHT)
        crowd = cv2.boxFilter(new, cv2.CV_16U, cell, normalize=False)
        full = (crowd >= FEWEST_PIXELS).astype(np.uint8)
        # Letters at the ends of a word may not fill a cell.
        reach = np.ones((2 * CELL_HEIGHT, 2 * CELL_WIDTH), np.uint8)
        return np.asarray(cv2.dilate(full, reach).astype(bool) & self.mask_HW)

    def _search(self, image: Image, area_HW: Mask, first: int) -> None:
        """Add what text an image shows in an area since `first`, unless a known line covers it."""
        level = to_grey(image)
        for box in find_text(image, area_HW):
            if not _covered(box, [line.box for line in self.shown if line.first <= first]):
                rows, columns = _strokes(level, box)
                ink = level[rows, columns].astype(np.int16)
                self.shown.append(_Shown(box, first, self.count, rows, columns, ink))

    def _search_window(self) -> None:
        """Search what was never darker since the last window; it was there all the time."""
        if self.darkest is not None:
            start = (self.count - 1) // self.window * self.window
            self.count -= 1
            self._search(self.darkest, self.mask_HW, start)
            self.count += 1
            self.darkest = None


def _covered(box: TextBox, known: Sequence[TextBox]) -> bool:
    return any(
        other.x0 <= box.x0 and other.y0 <= box.y0 and other.x1 >= box.x1 and other.y1 >= box.y1
        for other in known
    )
