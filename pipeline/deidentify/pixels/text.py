"""Find letters that a machine wrote into the image itself, and paint over them.

Ink differs from echo: its strokes are thin, of one width and one brightness, with edges one pixel
wide, and they stand in lines between empty margins. Each candidate line is scored by a small
network of these properties (`judge.py`).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.deidentify.pixels.judge import JUDGE, Judge
from pipeline.deidentify.pixels.lines import Lines, find_lines
from pipeline.deidentify.pixels.paper import dark_ink
from pipeline.deidentify.pixels.stroke_maps import SCALES, Level, square, stroke_maps
from pipeline.deidentify.pixels.strokes import Colour, Numbers, measure_strokes
from pipeline.deidentify.pixels.tint import is_tinted
from pipeline.io.images import Image

Mask = npt.NDArray[np.bool_]
# Channels that differ by no more are rounding of a lossy colour transform.
GREY_TOLERANCE = 24
# Areas of flow are as wide and as high, in pixels; letters so far beside them belong to the same
# word as letters on them.
FLOW, FLOW_REACH = 5, 64
# Scores above the first are painted over, above the second without a second look. From the first
# on, of held-out machines and patients, 100.0 % of words of 14 pixels at grey 255 are found and
# 98.6 % of 10 at grey 160, and 0.06 % of sectors without text are lost. At 0.7 coloured flow
# is taken for text, at 0.95 faint words are missed (`benchmarks/results/text.json`).
LIKELY, CERTAIN = 0.85, 0.95
# A line that scores lower is part of a certain one on its row at most so many letters away.
POSSIBLE, BRIDGED, ALIGNED = 0.02, 2.5, 0.6
# Letters so many pixels beside the mask help to know a word that it cuts.
BESIDE = 24
# The highest letter, as a share of the frame's height.
HIGHEST_SHARE = 1 / 8
# Margins painted around a line, in letter heights: a letter that was missed, accents, halos.
MARGIN_X, MARGIN_Y = 1.2, 0.3


class TextBox(NamedTuple):
    """A line of text in pixels, x1 and y1 exclusive; `score` is the probability that it is."""

    x0: int
    y0: int
    x1: int
    y1: int
    score: float
    certain: bool


def levels(image: Image, mask_HW: Image) -> tuple[list[Level], Colour | None]:
    """Return the grey images in which ink shows, and the colour if `image` has any in the mask.

    Coloured ink on grey shows in the brightest channel, white ink on colour in the darkest, dark
    ink on light paper in the brightest turned round. The colour of a tinted image says nothing.
    """
    everywhere = np.s_[:, :]
    if image.ndim == 2:
        return [Level(image, everywhere), *_dark(image, image, mask_HW)], None
    # OpenCV takes four times as long to split a part of an image as to split its copy.
    red, green, blue = cv2.split(np.ascontiguousarray(image))
    high, low = cv2.max(red, green), cv2.min(red, green)
    brightest, darkest = _image(cv2.max(high, blue)), _image(cv2.min(low, blue))
    dark = _dark(image, brightest, mask_HW)
    chroma = _image(cv2.subtract(brightest, darkest))
    coloured = (chroma > GREY_TOLERANCE).view(np.uint8) & mask_HW
    if not coloured.any() or is_tinted(image, brightest, coloured, mask_HW):
        return [Level(brightest, everywhere), *dark], None
    middle = cv2.max(low, cv2.min(high, blue))
    hue = cv2.divide(cv2.subtract(middle, darkest), chroma, scale=255)
    shown = [Level(brightest, everywhere)]
    areas = _image(cv2.morphologyEx(coloured, cv2.MORPH_OPEN, square(FLOW)))
    if areas.any():
        shown.append(Level(darkest, _around(areas, FLOW_REACH)))
    return shown + dark, Colour(chroma, _image(hue))


def _dark(image: Image, brightest: Image, mask_HW: Image) -> list[Level]:
    """Return the level in which dark ink on light paper shows, if there is such paper."""
    ink = dark_ink(image, brightest, mask_HW)
    return [] if ink is None else [Level(ink, _around(ink, 0))]


def _image(array: npt.NDArray[Any]) -> Image:
    """OpenCV keeps the type of what it is given; its annotations cannot say so."""
    return array.astype(np.uint8, copy=False)


def _around(mask_HW: Image, margin: int) -> tuple[slice, slice]:
    """Return the box of what a mask shows, with a margin."""
    x0, y0, width, height = cv2.boundingRect(mask_HW)
    return (
        slice(max(y0 - margin, 0), y0 + height + margin),
        slice(max(x0 - margin, 0), x0 + width + margin),
    )


def candidates(image: Image, mask_HW: Mask) -> Lines:
    """Return every candidate line that touches the mask, at every scale.

    Letters beside the mask count: with them a word that the mask cuts is still a word.
    """
    highest = mask_HW.shape[0] * HIGHEST_SHARE
    area = _around(mask_HW.view(np.uint8), BESIDE + max(scale.brush for scale in SCALES))
    mask = _image(cv2.dilate(mask_HW[area].view(np.uint8), square(2 * BESIDE + 1)))
    shown, colour = levels(image[area], mask)
    maps = stroke_maps(shown, mask)
    found = find_lines(measure_strokes(maps, colour, highest), maps)
    top, left = (part.start for part in area)
    return found._replace(boxes=found.boxes + np.array([left, top, left, top]))


def _continuing(lines: Lines, some: Mask, others: Mask) -> Mask:
    """Return which of `some` lines continue one of `others`: same row and height, a short gap."""
    x0, y0, x1, y1 = lines.boxes[some].T[:, :, None]
    u0, v0, u1, v1 = lines.boxes[others].T
    overlap = np.minimum(y1, v1) - np.maximum(y0, v0)
    gap = np.maximum(x0, u0) - np.minimum(x1, u1)
    higher = np.maximum(lines.letter_height[some][:, None], lines.letter_height[others])
    continues = (overlap >= ALIGNED * np.maximum(y1 - y0, v1 - v0)) & (gap <= BRIDGED * higher)
    found = np.zeros_like(some)
    found[some] = continues.any(axis=1)
    return found


def _text_boxes(lines: Lines, score: Numbers, height: int, width: int) -> set[TextBox]:
    across, down = (1 + np.rint(margin * lines.letter_height) for margin in (MARGIN_X, MARGIN_Y))
    margins = np.stack([-across, -down, across, down], axis=1)
    boxes = np.clip(lines.boxes + margins, 0, [width, height, width, height]).astype(int)
    return {
        TextBox(x0, y0, x1, y1, round(value, 4), value >= CERTAIN)
        for (x0, y0, x1, y1), value in zip(boxes.tolist(), score.tolist(), strict=True)
    }


def find_text(image: Image, mask_HW: Mask, judge: Judge = JUDGE) -> list[TextBox]:
    """Return the lines of text of `image_HW` or `_HWC` (RGB) that touch `mask_HW`.

    Boxes are sorted and may overlap. Marks without letters, such as calipers, are not sought.
    `judge` tells text from echo.
    """
    if not mask_HW.any():
        return []
    lines = candidates(image, mask_HW)
    return choose(lines, judge.scores(lines.evidence), mask_HW)


def choose(lines: Lines, score: Numbers, mask_HW: Mask, likely: float = LIKELY) -> list[TextBox]:
    """Return the candidates that are text by their scores and touch the mask, with margins.

    A line of text scores `likely` or more, or continues one that is certain.
    """
    text = score >= likely
    text |= _continuing(lines, (score >= POSSIBLE) & ~text, score >= CERTAIN)
    chosen = Lines(*(values[text] for values in lines))
    boxes = _text_boxes(chosen, score[text], *mask_HW.shape)
    return sorted(box for box in boxes if mask_HW[box.y0 : box.y1, box.x0 : box.x1].any())


def paint_over(image: Image, boxes: Sequence[TextBox]) -> Image:
    """Return `image` with every box black, in a copy: nothing that was there can be recovered."""
    painted = image.copy() if boxes else image
    for box in boxes:
        painted[box.y0 : box.y1, box.x0 : box.x1] = 0
    return painted
