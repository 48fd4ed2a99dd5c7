import numpy as np
import pytest

from pipeline.deidentify.pixels.text_cine import CineText
from tests.deidentify.screens import Frame, Mask, covered, real_frames, spot, write

WORD = "MUELLER, ANNA"
WINDOW = 4


def looked_at(frames: list[Frame], mask: Mask) -> CineText:
    cine = CineText(mask, WINDOW)
    for frame in frames:
        cine.look(frame)
    return cine


@pytest.mark.parametrize("first, last", [(0, 11), (5, 11), (11, 11), (3, 5), (0, 0)])
def test_text_is_found_in_the_frames_that_show_it(first: int, last: int) -> None:
    frames, mask = real_frames("color3d_jpeg_baseline.dcm")
    corner = spot(mask, 130, 12, np.random.default_rng(first))
    shown = list(frames)
    for index in range(first, last + 1):
        shown[index], box = write(frames[index], WORD, corner, 10, 255)
    cine = looked_at(shown, mask)
    for index in range(len(frames)):
        places = [found[:4] for found in cine.boxes_for(index)]
        if first <= index <= last:
            assert covered(box, places) >= 0.8
        elif not first - 2 * WINDOW <= index <= last + WINDOW:
            assert places == []


def test_a_cine_without_text_stays_whole() -> None:
    frames, mask = real_frames("examples_ybr_color.dcm")
    cine = looked_at(frames, mask)
    assert all(cine.boxes_for(index) == [] for index in range(len(frames)))


def test_frames_are_not_kept() -> None:
    frames, mask = real_frames("color3d_jpeg_baseline.dcm")
    once, often = looked_at(frames[:4], mask), looked_at(frames * 3, mask)
    kept = [
        sum(value.nbytes for value in vars(cine).values() if isinstance(value, np.ndarray))
        for cine in (once, often)
    ]
    assert kept[0] == kept[1]


def test_two_looks_agree() -> None:
    frames, mask = real_frames("color3d_jpeg_baseline.dcm")
    shown = [write(frame, WORD, (250, 200), 10, 255)[0] for frame in frames]
    first, second = looked_at(shown, mask), looked_at(shown, mask)
    assert [first.boxes_for(index) for index in range(12)] == [
        second.boxes_for(index) for index in range(12)
    ]
