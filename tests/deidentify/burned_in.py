"""Screens with text wherever the field's mask catalogues say that machines write it.

Each signature (`burned_in.csv` names its sources and licences) is a machine, a frame size, and the
rectangles that other tools black out. Its screen has those rectangles filled with a patient's data,
a sector in the largest area left, and scales and settings beside that.

`python -m tests.deidentify.burned_in` replays every signature with three kinds of sector and three
ways of stating regions, and prints how much of the rectangles the cleaner blacks out.
"""

import csv
from collections import Counter
from itertools import product
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from pipeline.deidentify.pixels.banner import with_banner
from pipeline.deidentify.pixels.sector import blank_outside, find_sector
from pipeline.deidentify.pixels.text import find_text, paint_over
from pipeline.io.regions import Box
from tests.deidentify.screens import FONT, THRESHOLD, Frame, Mask, fan_mask, speckle

SIGNATURES = Path(__file__).with_name("burned_in.csv")
KINDS = ("linear", "convex", "phased")
WORDS = ("MUELLER, ANNA", "03.05.1962", "MRN 00123456", "F 57Y", "ST. MARY HOSPITAL", "14:03:22")
REGIONS = ("none", "around", "whole")
COVERED = 0.99
# Grey levels of a banner's ground and of its letters, as machines have them.
GROUNDS = ((0, 230), (0, 160), (45, 255), (190, 0), (110, 255))
SMALLEST_GAP, LARGEST_GAP = 2, 16
# Pixels beside the sector that a stated region also has.
MARGIN = 10


class Signature(NamedTuple):
    """A kind of screen, and the rectangles in which text is burned in."""

    source: str
    machine: str
    rows: int
    columns: int
    rectangles: tuple[Box, ...]


class Screen(NamedTuple):
    """A drawn screen `_HWC` and its true sector `_HW`."""

    frame: Frame
    sector: Mask


def signatures() -> list[Signature]:
    """Return the catalogues' signatures; rectangles are clipped to the frame."""
    with SIGNATURES.open(newline="", encoding="ascii") as handle:
        lines = (line for line in handle if not line.startswith("#"))
        return [_signature(row) for row in csv.DictReader(lines)]


def _signature(row: dict[str, str]) -> Signature:
    rows, columns = int(row["rows"]), int(row["columns"])
    boxes = []
    for text in row["rectangles"].split():
        x, y, width, height = map(int, text.split("/"))
        boxes.append(Box(x, y, min(x + width, columns), min(y + height, rows)))
    return Signature(row["source"], row["machine"], rows, columns, tuple(boxes))


def draw(signature: Signature, kind: str, seed: int) -> Screen:
    """Draw a signature's screen with a sector of a kind of probe."""
    rng = np.random.default_rng(seed)
    height, width = signature.rows, signature.columns
    grey = np.zeros((height, width), np.uint8)
    area = _free(signature)
    sector = np.zeros(grey.shape, bool)
    gap = int(rng.integers(SMALLEST_GAP, LARGEST_GAP))
    view = np.s_[area.y0 : area.y1, area.x0 : area.x1]
    size = area.y1 - area.y0, area.x1 - area.x0
    sector[view] = fan_mask(kind, rng, *size, gap, size[0] - 1 - gap)
    grey[sector] = speckle(rng, height, width)[sector]
    _draw_margins(grey[view], sector[view])
    for box in signature.rectangles:
        ground, ink = GROUNDS[int(rng.integers(len(GROUNDS)))]
        _fill(grey[box.y0 : box.y1, box.x0 : box.x1], ground, ink, rng)
    return Screen(cv2.merge([grey] * 3).astype(np.uint8), sector)


def _free(signature: Signature) -> Box:
    """Return the largest rectangle of the frame that none of the signature's overlaps."""
    boxes = signature.rectangles
    across = sorted({0, signature.columns} | {x for box in boxes for x in (box.x0, box.x1)})
    down = sorted({0, signature.rows} | {y for box in boxes for y in (box.y0, box.y1)})
    found = [
        Box(x0, y0, x1, y1)
        for x0, x1, y0, y1 in product(across, across, down, down)
        if x0 < x1 and y0 < y1
        if all(x1 <= b.x0 or b.x1 <= x0 or y1 <= b.y0 or b.y1 <= y0 for b in boxes)
    ]
    return max(found, key=lambda box: (box.x1 - box.x0) * (box.y1 - box.y0))


def _fill(part: Frame, ground: int, ink: int, rng: np.random.Generator) -> None:
    """Write a patient's data over all of a rectangle."""
    part[:] = ground
    height, width = part.shape
    line = int(np.clip(height // 2, 9, 22))
    for base in range(line, height + 1, line + 4):
        text = "   ".join(rng.permutation(WORDS)) if width > 2 * line else "M"
        cv2.putText(part, text, (2, base - 2), FONT, (line - 4) / 22, (ink,), 1, cv2.LINE_AA)


def _draw_margins(part: Frame, sector: Mask) -> None:
    """Draw a grey bar, a depth scale and settings beside the sector."""
    height, width = part.shape
    drawn = np.zeros_like(part)
    right = width - width // 25
    drawn[height // 5 : height // 2, right:] = np.linspace(250, 5, height // 2 - height // 5)[
        :, None
    ]
    for row in range(height // 10, height, height // 10):
        drawn[row, right - 14 : right - 6] = 200
        cv2.putText(drawn, f"G{row} 5.2MHz", (3, row), FONT, 0.4, (190,), 1, cv2.LINE_AA)
    part[~sector] = drawn[~sector]


def stated(screen: Screen, regions: str) -> tuple[Box, ...]:
    """Return what a header would state: nothing, the sector's box and a margin, or the frame."""
    rows, columns = screen.sector.shape
    if regions != "around":
        return (Box(0, 0, columns, rows),) if regions == "whole" else ()
    x0, y0, width, height = cv2.boundingRect(screen.sector.astype(np.uint8))
    x1, y1 = min(x0 + width + MARGIN, columns), min(y0 + height + MARGIN, rows)
    return (Box(max(x0 - MARGIN, 0), max(y0 - MARGIN, 0), x1, y1),)


def blacked_out(signature: Signature, kind: str, regions: str, seed: int) -> tuple[float, float]:
    """Return the smallest share of a rectangle that is outside the mask, and black in the end.

    A screen on which no sector is found is rejected whole: 1 and 1.
    """
    screen = draw(signature, kind, seed)
    sector = find_sector(screen.frame, stated(screen, regions), THRESHOLD)
    if sector is None:
        return 1.0, 1.0
    outside = _smallest(~sector.mask, signature)
    if outside >= COVERED:
        return outside, outside
    cleaned, _ = blank_outside(screen.frame, sector.mask)
    text = with_banner(find_text(screen.frame, sector.mask), sector.mask)
    painted = paint_over(cleaned, text)
    return outside, _smallest(np.asarray(painted.max(axis=2) == 0), signature)


def _smallest(black: Mask, signature: Signature) -> float:
    return min(float(black[b.y0 : b.y1, b.x0 : b.x1].mean()) for b in signature.rectangles)


def main() -> None:
    """Replay every signature and print the counts."""
    masked: Counter[tuple[str, str, str]] = Counter()
    black: Counter[tuple[str, str, str]] = Counter()
    total: Counter[tuple[str, str, str]] = Counter()
    for seed, signature in enumerate(signatures()):
        for kind, regions in product(KINDS, REGIONS):
            shares = blacked_out(signature, kind, regions, seed)
            row = signature.source, kind, regions
            total[row] += 1
            masked[row] += shares[0] >= COVERED
            black[row] += shares[1] >= COVERED
    print("source kind regions: signatures, outside the mask, black after text is painted over")
    for row in sorted(total):
        print(*row, total[row], masked[row], black[row])


if __name__ == "__main__":
    main()
