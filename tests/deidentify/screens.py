"""Real ultrasound frames, text drawn into them, and drawn sectors of known shape."""

from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from pydicom import dcmread

from pipeline.deidentify.pixels.sector import find_sector
from pipeline.io.dicom import decode_frames
from pipeline.io.regions import read_geometry
from tests.io.test_dicom import real

Frame = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
THRESHOLD = 12
FONT = cv2.FONT_HERSHEY_SIMPLEX


def real_path(name: str) -> Path:
    from_deid = Path(str(files("deid_data").joinpath("data", "ultrasounds", name)))
    return from_deid if from_deid.is_file() else real(name)


@cache
def real_frames(name: str, most: int = 12) -> tuple[list[Frame], Mask]:
    """Return the first frames of a real file, and its sector."""
    path = real_path(name)
    header = dcmread(path, stop_before_pixels=True)
    count = min(int(header.get("NumberOfFrames") or 1), most)
    frames = list(decode_frames(path, range(count)))
    sector = find_sector(np.maximum.reduce(frames), read_geometry(header).boxes, THRESHOLD)
    assert sector is not None
    return frames, sector.mask


def write(
    frame: Frame, text: str, corner: tuple[int, int], height: int, grey: int | tuple[int, int, int]
) -> tuple[Frame, tuple[int, int, int, int]]:
    """Return a copy with text whose capitals are so high, and its box; `corner` is top left."""
    scale = height / 22
    (width, _), _ = cv2.getTextSize(text, FONT, scale, 1)
    x, y = corner
    shown = frame.copy()
    level = grey if isinstance(grey, tuple) else (grey,) * 3
    cv2.putText(shown, text, (x, y + height), FONT, scale, level, 1, cv2.LINE_AA)
    return shown, (x, y, x + width, y + height)


def spot(mask: Mask, width: int, height: int, rng: np.random.Generator) -> tuple[int, int]:
    """Return the top left corner of a random rectangle within the mask."""
    sums = cv2.integral(mask.astype(np.uint8))
    inside = (
        sums[height:, width:]
        - sums[:-height, width:]
        - sums[height:, :-width]
        + sums[:-height, :-width]
    ) == width * height
    rows, columns = np.nonzero(inside)
    chosen = int(rng.integers(len(rows)))
    return int(columns[chosen]), int(rows[chosen])


def covered(box: tuple[int, int, int, int], boxes: list[tuple[int, int, int, int]]) -> float:
    """Return the share of a box under other boxes."""
    x0, y0, x1, y1 = box
    under = np.zeros((y1 - y0, x1 - x0), bool)
    for left, top, right, bottom in boxes:
        under[max(top - y0, 0) : max(bottom - y0, 0), max(left - x0, 0) : max(right - x0, 0)] = True
    return float(under.mean())


def fan_mask(
    kind: str, rng: np.random.Generator, height: int, width: int, top: float, bottom: float
) -> Mask:
    """Return a sector `_HW` between two rows, of the kind of probe: linear, convex or phased."""
    rows, columns = np.mgrid[:height, :width].astype(float)
    middle = width * rng.uniform(0.48, 0.52)
    if kind == "linear":
        half = width * rng.uniform(0.2, 0.3)
        return np.asarray((np.abs(columns - middle) <= half) & (rows >= top) & (rows <= bottom))
    angle = np.radians(rng.uniform(28, 38))
    tip = (bottom - top) * (rng.uniform(0.3, 0.5) if kind == "convex" else 0.02)
    apex = top - tip * np.cos(angle)
    reach = min(bottom - apex, width * 0.38 / np.sin(angle))
    radius = np.hypot(columns - middle, rows - apex)
    beside = np.abs(np.arctan2(columns - middle, rows - apex)) <= angle
    return np.asarray(beside & (radius >= tip) & (radius <= reach))


def speckle(rng: np.random.Generator, height: int, width: int) -> Frame:
    """Return fully developed speckle `_HW`: the magnitude of two smooth random fields."""
    waves = [cv2.GaussianBlur(rng.standard_normal((height, width)), (0, 0), 1.3) for _ in range(2)]
    echo = np.hypot(*waves)
    return np.asarray(np.clip(70 * echo / echo.mean(), 0, 255), np.uint8)


def drawn_sector(kind: str, seed: int, height: int = 320, width: int = 420) -> tuple[Frame, Mask]:
    """Return a screen `_HWC` with speckle in a sector of a known shape and text around it."""
    rng = np.random.default_rng(seed)
    top, bottom = height * rng.uniform(0.17, 0.2), height * rng.uniform(0.88, 0.93)
    true = fan_mask(kind, rng, height, width, top, bottom)
    shown = np.where(true, speckle(rng, height, width), 0).astype(np.uint8)
    screen = np.stack([shown] * 3, axis=2)
    for place, text in (((8, 16), "MUELLER, ANNA 19620503"), ((8, 34), "MRN 00123456")):
        cv2.putText(screen, text, place, FONT, 0.4, (230,) * 3, 1)
    for line in range(6):
        cv2.putText(screen, f"G{line} C7", (4, 90 + 16 * line), FONT, 0.35, (200,) * 3, 1)
    return screen, true
