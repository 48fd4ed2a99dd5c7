"""A banner taken for the top of the sector is painted over; words in a sector leave it alone."""

import numpy as np
import pytest

from pipeline.deidentify.pixels.banner import with_banner
from pipeline.deidentify.pixels.sector import find_sector
from pipeline.deidentify.pixels.text import Mask, TextBox, find_text, paint_over
from pipeline.deidentify.pixels.text_cine import CineText
from tests.deidentify.burned_in import COVERED, blacked_out, draw, signatures, stated
from tests.deidentify.screens import THRESHOLD, fan_mask, speckle

# Dark letters on a light banner two pixels above the sector: places in the catalogue.
LIGHT = (77, 148)
WIDTH, TOP = 200, 40


def line(x0: int, y0: int, x1: int, y1: int) -> TextBox:
    return TextBox(x0, y0, x1, y1, 0.99, True)


@pytest.fixture
def mask() -> Mask:
    mask = np.zeros((160, 300), bool)
    mask[TOP:150, 50 : 50 + WIDTH] = True
    return mask


@pytest.mark.parametrize("number", LIGHT)
@pytest.mark.parametrize("regions", ["around", "whole"])
def test_no_letter_of_a_light_banner_stays(number: int, regions: str) -> None:
    outside, black = blacked_out(signatures()[number], "linear", regions, number)
    assert outside < COVERED, "this screen no longer shows what is tested"
    assert black == 1


@pytest.mark.parametrize("number", LIGHT)
def test_a_cine_loses_the_banner_too_and_little_of_its_sector(number: int) -> None:
    screen = draw(signatures()[number], "linear", number)
    sector = find_sector(screen.frame, stated(screen, "whole"), THRESHOLD)
    assert sector is not None
    cine = CineText(sector.mask, 4)
    for _ in range(5):
        cine.look(screen.frame)
    shown = with_banner(find_text(screen.frame, sector.mask), sector.mask)
    painted = paint_over(screen.frame, cine.boxes_for(2))
    assert (painted == paint_over(screen.frame, shown)).all()
    (box,) = signatures()[number].rectangles
    assert not (painted.any(axis=2) & sector.mask)[box.y0 : box.y1].any()
    lost = screen.sector & ~painted.any(axis=2) & screen.frame.any(axis=2)
    assert lost.sum() < 0.02 * screen.sector.sum()


def test_words_that_fill_the_top_rows_and_go_beyond_are_a_banner(mask: Mask) -> None:
    words = [line(30, 30, 110, 50), line(190, 32, 280, 48)]
    added = set(with_banner(words, mask)) - set(words)
    # As far down as more than half of the row is text.
    assert added == {TextBox(50, TOP, 250, 48, 0.99, False)}


@pytest.mark.parametrize(
    "words",
    [
        [],
        [line(60, 60, 240, 80)],
        [line(60, 30, 200, 50)],
        [line(30, 30, 200, 50)],
        [line(30, 30, 80, 50), line(220, 30, 280, 50)],
        [line(30, 30, 280, 50)],
    ],
    ids=["none", "below the top", "within", "beyond one side", "too few", "all covered"],
)
def test_other_words_stay_as_they_are(mask: Mask, words: list[TextBox]) -> None:
    assert with_banner(reversed(words), mask) == words


@pytest.mark.parametrize("kind", ["linear", "convex", "phased"])
def test_a_sector_without_text_loses_nothing(kind: str) -> None:
    rng = np.random.default_rng(3)
    sector = fan_mask(kind, rng, 300, 400, 20, 280)
    frame = speckle(rng, 300, 400) * sector
    text = find_text(frame, sector)
    assert with_banner(text, sector) == text
