"""Words as an ultrasound machine or a sonographer writes them."""

from functools import cache
from pathlib import Path

import cv2
import matplotlib as mpl
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from tests.deidentify.screens import Frame, Mask, spot

Rng = np.random.Generator
HERSHEY = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX_SMALL,
)
# Percentile of levels around ink that it has to stand out from.
NEARLY_ALL = 90
LEAST_PLAIN = 8  # lower, the strokes of most Hershey fonts run into each other
TRUE_TYPE = (
    "DejaVuSans.ttf",
    "DejaVuSans-Bold.ttf",
    "DejaVuSansMono.ttf",
    "DejaVuSerif.ttf",
    "STIXGeneral.ttf",
)
SURNAMES = ("MUELLER", "Smith", "O'NEIL", "Garcia-Lopez", "TANAKA", "Nowak", "IVANOVA", "Lee", "Ng")
GIVEN = ("ANNA", "John", "Maria", "WEI", "Li", "Fatima", "OLGA", "Tim")
LETTERS = tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LABELS = ("LIVER", "RT KIDNEY", "Sag", "LV", "RV", "AO", "GB", "TRV L", "Apical 4ch", "LYMPH NODE")


def random_word(rng: Rng) -> str:
    """Return a name, a number, a date or a label."""
    day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(1930, 2026)
    name, given = str(rng.choice(SURNAMES)), str(rng.choice(GIVEN))
    digits = "".join(map(str, rng.integers(0, 10, rng.integers(4, 10))))
    letters = "".join(rng.choice(LETTERS, rng.integers(1, 4)))
    return str(
        rng.choice(
            [
                f"{name}, {given}",
                f"{name}^{given}",
                f"DOB {month:02d}/{day:02d}/{year}",
                f"{day}.{month}.{year}",
                f"{year}-{month:02d}-{day:02d}",
                f"MRN {digits}",
                f"ID:{digits}",
                digits,
                f"{letters}{digits}",
                f"{letters.lower()}-{digits[:3]}",
                name,
                str(rng.choice(LABELS)),
                f"{rng.integers(0, 24)}:{rng.integers(0, 60):02d}:{rng.integers(0, 60):02d}",
            ]
        )
    )


def random_font(height: int, rng: Rng) -> int | str:
    """Return a font that is legible when its capitals are so high."""
    fonts: list[int | str] = [*(HERSHEY if height > LEAST_PLAIN else HERSHEY[:1]), *TRUE_TYPE]
    return fonts[rng.integers(len(fonts))]


@cache
def _true_type(name: str, height: int) -> ImageFont.FreeTypeFont:
    path = Path(mpl.get_data_path()) / "fonts" / "ttf" / name
    size = height
    # Sizes of fonts are those of their lines; capitals are about 0.7 of it.
    while True:
        font = ImageFont.truetype(str(path), size)
        top, bottom = font.getbbox("H")[1::2]
        if bottom - top >= height:
            return font
        size += 1


def ink_of(word: str, font: int | str, height: int, smooth: bool) -> Frame:
    """Return a word's ink (255 where it covers) `_HW`; its capitals are so many pixels high."""
    if isinstance(font, str):
        drawn = _true_type(font, height)
        x0, y0, x1, y1 = (int(edge) for edge in drawn.getbbox(word))
        canvas = Pillow.new("L", (x1 + 2, y1 + 2))
        draw = ImageDraw.Draw(canvas)
        draw.fontmode = "L" if smooth else "1"
        draw.text((0, 0), word, fill=255, font=drawn)
        image = np.asarray(canvas, np.uint8)
    else:
        (_, capital), _ = cv2.getTextSize("H", font, 1.0, 1)
        scale = height / max(capital, 1)
        (width, top), below = cv2.getTextSize(word, font, scale, 1)
        image = np.zeros((top + below + 4, width + 4), np.uint8)
        line = cv2.LINE_AA if smooth else cv2.LINE_8
        cv2.putText(image, word, (1, top + 1), font, scale, 255, 1, line)
    x0, y0, width, height = cv2.boundingRect((image > 0).astype(np.uint8))
    return np.ascontiguousarray(image[y0 : y0 + height, x0 : x0 + width])


def put(
    frame: Frame, ink_HW: Frame, corner: tuple[int, int], level: tuple[int, ...], halo: bool
) -> tuple[Frame, tuple[int, int, int, int]]:
    """Return a copy of a frame `_HWC` with ink at its top left corner, and the ink's box."""
    (x, y), (height, width) = corner, ink_HW.shape
    shown = frame.copy()
    area = shown[y : y + height, x : x + width].astype(np.float32)
    if halo:
        around = cv2.dilate(ink_HW, np.ones((3, 3), np.uint8)).astype(np.float32)[..., None] / 255
        area *= 1 - around
    share = ink_HW.astype(np.float32)[..., None] / 255
    mixed = area * (1 - share) + np.asarray(level, np.float32) * share
    shown[y : y + height, x : x + width] = np.rint(mixed).astype(np.uint8)
    return shown, (x, y, x + width, y + height)


def stands_out(frame: Frame, ink_HW: Frame, corner: tuple[int, int], grey: int) -> float:
    """Return by how many grey levels ink at a corner is brighter than nearly all around it."""
    (x, y), (height, width) = corner, ink_HW.shape
    return float(grey - np.percentile(frame[y : y + height, x : x + width].max(axis=2), NEARLY_ALL))


def free_spot(mask_HW: Mask, ink_HW: Frame, rng: Rng) -> tuple[int, int] | None:
    """Return where a word fits into the mask, or None when it fits nowhere."""
    height, width = ink_HW.shape
    if height >= mask_HW.shape[0] or width >= mask_HW.shape[1]:
        return None
    try:
        return spot(mask_HW, width, height, rng)
    except ValueError:
        return None
