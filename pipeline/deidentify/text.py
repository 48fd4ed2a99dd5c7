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
WEIGHTS = np.array([2.09, 1.78, 1.59, 7.71, -1.43, -2.7, 0.66, 10.19, -2.05, -4.96, 2.21, 3.23])
BIAS = -17.74
# Scores above the first are painted over, above the second without a second look.
LIKELY, CERTAIN = 0.7, 0.95
# A line that scores lower is part of a likelier one on its row at most so many letters away.
POSSIBLE, BRIDGED, ALIGNED = 0.1, 2, 0.6
# The highest letter, as a share of the frame's height.
HIGHEST_SHARE = 1 / 8
# Margins painted around a line, in letter heights: a letter that was missed, accents, halos.
MARGIN_X, MARGIN_Y = 1.0, 0.3


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


def _around(mask_HW: Mask) -> tuple[int, int, tuple[slice, slice]]:
    """Return the first row and column of the mask's box with a brush's margin, and the box."""
    margin = max(scale.brush for scale in SCALES)
    left, top, width, height = cv2.boundingRect(mask_HW.astype(np.uint8))
    right, bottom = left + width + margin, top + height + margin
    left, top = max(left - margin, 0), max(top - margin, 0)
    return top, left, np.s_[top:bottom, left:right]


def candidates(image: Image, mask_HW: Mask) -> Iterator[Line]:
    """Yield every candidate line within the mask, at every scale, in the image's coordinates."""
    if not mask_HW.any():
        return
    top, left, area = _around(mask_HW)
    highest = mask_HW.shape[0] * HIGHEST_SHARE
    shown, mask = levels(image[area]), mask_HW[area].astype(np.uint8)
    chroma = cv2.subtract(shown[0], shown[1]).astype(np.uint8) if len(shown) > 1 else None
    for level in shown:
        gradient = cv2.morphologyEx(level, cv2.MORPH_GRADIENT, square(3)).astype(np.uint8)
        for scale in SCALES:
            strokes, contrast = stroke_map(level, mask, scale)
            found = measure_strokes(level, gradient, chroma, strokes, contrast)
            for line in find_lines(found, strokes, highest):
                yield line._replace(
                    x0=line.x0 + left, y0=line.y0 + top, x1=line.x1 + left, y1=line.y1 + top
                )


def _score(line: Line) -> float:
    return float(1 / (1 + np.exp(-(WEIGHTS @ line.evidence + BIAS))))


def _near(lines: Sequence[Line], others: Sequence[Line]) -> Mask:
    """Return which `lines` continue one of the `others`: same row and height, a short gap."""
    x0, y0, x1, y1, letter = np.array([line[:5] for line in lines]).T[:, :, None]
    u0, v0, u1, v1, other = np.array([line[:5] for line in others]).T
    overlap = np.minimum(y1, v1) - np.maximum(y0, v0)
    gap = np.maximum(x0, u0) - np.minimum(x1, u1)
    higher = np.maximum(letter, other)
    continues = (overlap >= ALIGNED * np.maximum(y1 - y0, v1 - v0)) & (gap <= BRIDGED * higher)
    return np.asarray(continues.any(axis=1), bool)


def _box(line: Line, height: int, width: int) -> TextBox:
    across = 1 + round(MARGIN_X * line.letter_height)
    down = 1 + round(MARGIN_Y * line.letter_height)
    score = _score(line)
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
    found = [(line, _score(line)) for line in candidates(image, mask_HW)]
    likely = [line for line, score in found if score >= LIKELY]
    possible = [line for line, score in found if POSSIBLE <= score < LIKELY]
    if likely and possible:
        likely += [possible[place] for place in np.flatnonzero(_near(possible, likely))]
    return sorted({_box(line, *mask_HW.shape) for line in likely})


def paint_over(image: Image, boxes: Sequence[TextBox]) -> Image:
    """Return a copy of `image` with every box black: nothing of what was there can be recovered."""
    painted = image.copy()
    for box in boxes:
        painted[box.y0 : box.y1, box.x0 : box.x1] = 0
    return painted
