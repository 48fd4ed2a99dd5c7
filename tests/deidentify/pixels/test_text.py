import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from benchmarks.text.writing import free_spot, ink_of, put, random_font, random_word, stands_out
from pipeline.deidentify.pixels.text import TextBox, find_text, paint_over
from tests.deidentify.pixels.test_sector import simulated
from tests.deidentify.screens import covered, real_frames, spot, write

WORDS = ("MUELLER, ANNA", "DOB 03/05/1962", "MRN 00123456", "Smith^John", "24-MAY-2002")
TEXTLESS = ("color3d_jpeg_baseline.dcm", "JPGLosslessP14SV1_1s_1f_8b.dcm", "examples_ybr_color.dcm")


def places(found: list[TextBox]) -> list[tuple[int, int, int, int]]:
    return [(box.x0, box.y0, box.x1, box.y1) for box in found]


def recall(name: str, height: int, grey: int, trials: int = 12) -> float:
    frames, mask = real_frames(name)
    rng, hits = np.random.default_rng(height), 0
    for trial in range(trials):
        word = WORDS[trial % len(WORDS)]
        _, (_, _, width, _) = write(frames[0], word, (0, 0), height, grey)
        shown, box = write(frames[0], word, spot(mask, width, height, rng), height, grey)
        hits += covered(box, places(find_text(shown, mask))) >= 0.8
    return hits / trials


@pytest.mark.parametrize("name", TEXTLESS[:2])
def test_bright_text_in_the_sector_is_found(name: str) -> None:
    assert recall(name, height=10, grey=255) == 1.0


def test_small_grey_text_in_the_sector_is_found() -> None:
    assert recall(TEXTLESS[0], height=7, grey=160) >= 0.9


@pytest.mark.parametrize(("height", "grey", "least"), [(10, 160, 0.93), (14, 255, 0.98)])
def test_words_of_any_kind_and_font_are_found_on_simulated_echo(
    height: int, grey: int, least: float
) -> None:
    rng, hits = np.random.default_rng(height), []
    for frame, true, _ in simulated()[::2]:
        for _ in range(8):
            ink = ink_of(random_word(rng), random_font(height, rng), height, rng.random() < 0.7)
            corner = free_spot(true, ink, rng)
            # What hardly stands out from the echo nobody can read either.
            if corner is None or stands_out(frame, ink, corner, grey) < 30:
                continue
            shown, box = put(frame, ink, corner, (grey,) * 3, halo=False)
            hits.append(covered(box, places(find_text(shown, true))) >= 0.8)
    assert len(hits) >= 40
    assert np.mean(hits) >= least


@pytest.mark.parametrize("name", TEXTLESS)
def test_frames_without_text_stay_whole(name: str) -> None:
    frames, mask = real_frames(name)
    for frame in frames[::4]:
        assert find_text(frame, mask) == []


def test_simulated_speckle_and_calipers_are_no_text() -> None:
    lost = 0.0
    for frame, true, _ in simulated():
        cleaned = np.zeros(true.shape, bool)
        for x0, y0, x1, y1 in places(find_text(frame, true)):
            cleaned[y0:y1, x0:x1] = True
        lost += float((cleaned & true).sum() / true.sum())
    assert lost / len(simulated()) <= 0.005


@pytest.mark.parametrize("colour", [(255, 220, 60), (60, 255, 60), (90, 220, 255)])
def test_coloured_text_is_found(colour: tuple[int, int, int]) -> None:
    frames, mask = real_frames(TEXTLESS[0])
    corner = spot(mask, 130, 12, np.random.default_rng(5))
    shown, box = write(frames[0], WORDS[0], corner, 10, colour)
    assert covered(box, places(find_text(shown, mask))) >= 0.8


@pytest.mark.parametrize("paper", [(90, 90, 90), (200, 200, 200), (255, 255, 0)])
@pytest.mark.parametrize("height", [7, 10, 14])
def test_dark_text_in_a_lighter_box_is_found(paper: tuple[int, int, int], height: int) -> None:
    frames, mask = real_frames(TEXTLESS[0])
    _, (_, _, width, tall) = write(frames[0], WORDS[0], (0, 0), height, 255)
    x, y = spot(mask, width + 8, tall + 8, np.random.default_rng(5))
    boxed = frames[0].copy()
    boxed[y : y + tall + 8, x : x + width + 8] = paper
    shown, box = write(boxed, WORDS[0], (x + 4, y + 4), height, (0, 0, 0))
    assert covered(box, places(find_text(shown, mask))) >= 0.8


def test_a_word_that_the_mask_cuts_is_still_found() -> None:
    frame = np.zeros((120, 200, 3), np.uint8)
    mask = np.zeros((120, 200), bool)
    mask[:, 80:] = True
    shown, (_, y0, x1, y1) = write(frame, "127/128", (50, 40), 10, 255)
    assert shown[mask].any()
    cleaned = paint_over(shown, find_text(shown, mask))
    assert not cleaned[y0:y1, 80:x1].any()
    assert find_text(shown, np.zeros_like(mask)) == []


def test_painting_changes_boxes_only_and_leaves_nothing_of_them() -> None:
    frames, mask = real_frames(TEXTLESS[0])
    shown, _ = write(frames[0], WORDS[2], spot(mask, 130, 12, np.random.default_rng(1)), 10, 255)
    boxes = find_text(shown, mask)
    cleaned = paint_over(shown, boxes)
    inside = np.zeros(mask.shape, bool)
    for x0, y0, x1, y1 in places(boxes):
        inside[y0:y1, x0:x1] = True
    assert inside.any()
    assert not cleaned[inside].any()
    np.testing.assert_array_equal(cleaned[~inside], shown[~inside])
    assert find_text(shown, mask) == boxes
    assert find_text(cleaned, mask) == []


@settings(max_examples=25, deadline=None)
@given(
    arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3))),
    st.booleans(),
)
def test_any_image_gives_boxes_within_it(image: npt.NDArray[np.uint8], colour: bool) -> None:
    frame = image if colour else image[..., 0]
    height, width = frame.shape[:2]
    for box in find_text(frame, np.ones((height, width), bool)):
        assert 0 <= box.x0 < box.x1 <= width
        assert 0 <= box.y0 < box.y1 <= height
        assert 0 <= box.score <= 1
