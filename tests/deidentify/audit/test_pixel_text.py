from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from pipeline.deidentify.audit.pixel_text import Sample, TextCheck
from pipeline.deidentify.audit.search import Searcher, words
from pipeline.io.images import Image

WANTED = Searcher([words("Muellera Anna"), words("Muellera")])
SAMPLE = Sample(instances=0, every=4, confidence=0.5)


class FakeReader:
    """Reads the same text in every image whose first pixel is bright."""

    def __init__(self, *texts: tuple[str, float]) -> None:
        self.texts, self.calls = texts, 0

    def __call__(self, image: Image) -> Sequence[tuple[Any, str, float]]:
        self.calls += 1
        bright = image.reshape(-1)[0] > 0
        return [((0, 0, 9, 9), text, sure) for text, sure in self.texts if bright]


def check(frames: Sequence[Image], *texts: tuple[str, float]) -> tuple[TextCheck, FakeReader]:
    reader = FakeReader(*texts)
    text = TextCheck(reader, WANTED, SAMPLE)
    assert len(list(text.read_instance("a", iter(frames), len(frames)))) == len(frames)
    return text, reader


def cine(count: int, bright: int) -> list[Image]:
    frames = [np.full((4, 4), number, np.uint8) for number in range(count)]
    for frame in frames:
        frame[0, 0] = 0
    frames[bright][0, 0] = 255
    return frames


def test_ends_every_fourth_and_the_maximum_are_read() -> None:
    text, reader = check(cine(10, 3))
    assert text.images == reader.calls == 5  # 0, 4, 8, 9 and the maximum


def test_a_still_is_read_once() -> None:
    assert check(cine(1, 0))[1].calls == 1


def test_text_on_a_frame_that_is_not_sampled_is_in_the_maximum() -> None:
    assert check(cine(10, 3), ("MUELLERA", 0.9))[0].findings["value_in_pixels"] == 1


@pytest.mark.parametrize(
    ("texts", "found", "review"),
    [
        ([("MUELLERA", 0.9)], 1, 0),
        ([("Muellera", 0.9), ("Anna", 0.9)], 2, 0),
        ([("Muellera", 0.4)], 0, 0),
        ([("Dist 4.2 cm", 0.9)], 0, 2),
        ([("R", 0.9)], 0, 0),
        ([], 0, 0),
    ],
)
def test_names_are_findings_and_other_words_are_for_review(
    texts: list[tuple[str, float]], found: int, review: int
) -> None:
    text, _ = check(cine(2, 0), *texts)
    assert (text.findings["value_in_pixels"] > 0) == (found > 0)
    assert len(text.review) == review
    assert set(text.review) <= {"a_0000", "a_maximum"}


def test_grey_and_colour_frames_may_mix() -> None:
    frames: list[Image] = [np.zeros((4, 4), np.uint8), np.ones((4, 4, 3), np.uint8)]
    assert check(frames)[0].images == 2  # the colour frame is the maximum


def test_the_draw_depends_on_the_ids_alone() -> None:
    ids = [f"{number:032x}" for number in range(50)]
    sample = Sample(instances=7, every=1, confidence=0.5)
    assert sample.drawn(ids) == sample.drawn(reversed(ids))
    assert len(sample.drawn(ids)) == 7
    assert SAMPLE.drawn(ids) == set(ids)
