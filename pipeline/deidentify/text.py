"""Find letters that a machine wrote into the image itself, and paint over them.

Ink differs from echo: its strokes are thin, of one width and one brightness, with edges one pixel
wide, and they stand in lines between empty margins. Each candidate line is scored by a logistic
model of these properties, whose weights were fitted on text drawn into real ultrasound frames
against the same frames without it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.lines import Line, find_lines
from pipeline.deidentify.strokes import SCALES, measure_strokes, square, stroke_map
from pipeline.io.images import Image

Mask = npt.NDArray[np.bool_]
# Channels that differ by no more are rounding of a lossy colour transform.
GREY_TOLERANCE = 24
# Weights of `lines._evidence`: amount of ink, crossings, sharpness, alignment, spread of
# brightness and of height, length, flatness, crowded margins, coloured and uneven.
WEIGHTS = np.array([2.2, 4.57, 1.07, 5.8, -2.59, -0.88, -2.04, 10.81, -2.55, -1.47])
BIAS = -15.74
# Scores above the first are painted over, above the second without a second look.
LIKELY, CERTAIN = 0.5, 0.95
# Margins painted around a line, in letter heights: a letter that was missed, accents, halos.
MARGIN_X, MARGIN_Y = 0.8, 0.3


class TextBox(NamedTuple):
    """A line of text in pixels, x1 and y1 exclusive; `score` is the probability that it is."""

    x0: int
    y0: int
    x1: int
    y1: int
    score: float
    certain: bool


def levels(image: Image) -> list[Image]:
    """Return the grey images `_HW` in which ink shows: `image` itself, or two of a colour image.

    Coloured ink on grey shows in the brightest channel, white ink on colour in the darkest.
    """
    if image.ndim == 2:
        return [image]
    channels = cv2.split(image)
    brightest = cv2.max(cv2.max(channels[0], channels[1]), channels[2]).astype(np.uint8)
    darkest = cv2.min(cv2.min(channels[0], channels[1]), channels[2]).astype(np.uint8)
    spread = int(cv2.subtract(brightest, darkest).max(initial=0))
    return [brightest] if spread <= GREY_TOLERANCE else [brightest, darkest]


def candidates(image: Image, mask_HW: Mask) -> Iterator[Line]:
    """Yield every candidate line within the mask, at every scale."""
    shown, mask = levels(image), mask_HW.astype(np.uint8)
    chroma = cv2.subtract(shown[0], shown[1]).astype(np.uint8) if len(shown) > 1 else None
    for level in shown:
        gradient = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, square(3)).astype(np.uint8)
        for scale in SCALES:
            strokes, contrast = stroke_map(level, mask, scale)
            found = measure_strokes(level, gradient, chroma, strokes, contrast)
            yield from find_lines(found, strokes)


def _box(line: Line, height: int, width: int) -> TextBox:
    score = float(1 / (1 + np.exp(-(WEIGHTS @ line.evidence + BIAS))))
    across = 1 + round(MARGIN_X * line.letter_height)
    down = 1 + round(MARGIN_Y * line.letter_height)
    return TextBox(
        max(line.x0 - across, 0),
        max(line.y0 - down, 0),
        min(line.x1 + across, width),
        min(line.y1 + down, height),
        round(score, 4),
        score >= CERTAIN,
    )


def find_text(image: Image, mask_HW: Mask) -> list[TextBox]:
    """Return the lines of text of `image_HW` or `_HWC` (RGB) that lie within `mask_HW`.

    Boxes are sorted and may overlap. Marks without letters, such as calipers, are not sought.
    """
    if not mask_HW.any():
        return []
    x0, y0, across, down = cv2.boundingRect(mask_HW.astype(np.uint8))
    area = np.s_[y0 : y0 + down, x0 : x0 + across]
    boxes = (_box(line, down, across) for line in candidates(image[area], mask_HW[area]))
    return sorted(
        box._replace(x0=box.x0 + x0, y0=box.y0 + y0, x1=box.x1 + x0, y1=box.y1 + y0)
        for box in set(boxes)
        if box.score >= LIKELY
    )


def paint_over(image: Image, boxes: Sequence[TextBox]) -> Image:
    """Return a copy of `image` with every box black: nothing of what was there can be recovered."""
    painted = image.copy()
    for box in boxes:
        painted[box.y0 : box.y1, box.x0 : box.x1] = 0
    return painted
