"""The rectangles that other tools black out on ultrasound screens, replayed: ours are black too."""

from itertools import cycle, product

import pytest

from tests.deidentify.burned_in import (
    COVERED,
    KINDS,
    REGIONS,
    Signature,
    blacked_out,
    draw,
    signatures,
)

# Of the layouts with one banner over a screen of an ordinary size, one in so many.
EVERY = 5


def layouts() -> list[Signature]:
    """Return the layouts with several rectangles, and some of those with one."""
    distinct = {(one.rows, one.columns, one.rectangles): one for one in signatures()}.values()
    several = [one for one in distinct if len(one.rectangles) > 1 or one.rectangles[0].y0]
    single = [one for one in distinct if one not in several and one.columns <= 1200]
    return several + single[::EVERY]


def test_the_catalogues_are_whole_and_within_their_frames() -> None:
    found = signatures()
    assert sum(one.source == "dicom-dre" for one in found) == 168
    assert sum(one.source == "deid" for one in found) == 71
    for one in found:
        assert all(0 <= box.x0 < box.x1 <= one.columns for box in one.rectangles)
        assert all(0 <= box.y0 < box.y1 <= one.rows for box in one.rectangles)


@pytest.mark.parametrize("kind", KINDS)
def test_screens_have_text_in_the_rectangles_and_no_sector(kind: str) -> None:
    for signature in layouts()[:6]:
        frame, sector = draw(signature, kind, seed=0)
        assert sector.mean() > 0.1
        for box in signature.rectangles:
            area = slice(box.y0, box.y1), slice(box.x0, box.x1)
            assert frame[area].std() > 0
            assert not sector[area].any()


@pytest.mark.parametrize("part", range(3))
def test_what_others_black_out_is_black(part: int) -> None:
    # Each layout with one kind of sector and one way of stating regions, in turn.
    turns = zip(layouts(), cycle(product(KINDS, REGIONS)), strict=False)
    for seed, (signature, (kind, regions)) in enumerate(turns):
        if seed % 3 == part:
            _, black = blacked_out(signature, kind, regions, seed)
            assert black >= COVERED, (signature, kind, regions)
