import numpy as np
import pytest

from pipeline.deidentify.pixels.paper import CELL, LIGHT, dark_ink
from pipeline.io.images import Image

HEIGHT, WIDTH = 100, 200
EVERYWHERE = np.ones((HEIGHT, WIDTH), np.uint8)
BOX = np.s_[40:60, 60:120]


def echo(seed: int = 0) -> Image:
    """Return bright speckle `_HW`: as light as paper, but not even."""
    return np.random.default_rng(seed).integers(LIGHT, 256, (HEIGHT, WIDTH), dtype=np.uint8)


def ink_in(image: Image, mask_HW: Image = EVERYWHERE) -> Image | None:
    return dark_ink(image, image if image.ndim == 2 else image.max(axis=2), mask_HW)


@pytest.mark.parametrize("paper", [LIGHT, 128, 255])
def test_what_is_dark_on_paper_becomes_bright(paper: int) -> None:
    image = echo()
    image[BOX] = paper
    image[48:52, 70:72] = 0
    ink = ink_in(image)
    assert ink is not None
    assert (ink[48:52, 70:72] == 255).all()
    assert (ink[BOX] == 255 - image[BOX]).all()
    beyond = np.ones_like(ink, bool)
    beyond[40 - 2 * CELL[1] : 60 + 2 * CELL[1], 60 - 2 * CELL[0] : 120 + 2 * CELL[0]] = False
    assert not ink[beyond].any()


@pytest.mark.parametrize("paper", [0, LIGHT - 1])
def test_dark_areas_are_no_paper(paper: int) -> None:
    image = echo()
    image[BOX] = paper
    assert ink_in(image) is None


def test_echo_is_no_paper_nor_is_what_lies_outside_the_mask() -> None:
    image = echo()
    assert ink_in(image) is None
    image[BOX] = 200
    mask = EVERYWHERE.copy()
    mask[20:80, 30:150] = 0
    assert ink_in(image, mask) is None
    assert ink_in(image) is not None


def test_coloured_paper_counts_but_flow_whose_channels_differ_does_not() -> None:
    image = np.repeat(echo()[..., None], 3, 2)
    image[BOX] = (255, 220, 0)
    assert ink_in(image) is not None
    image[BOX][..., 1] = echo(1)[BOX]
    assert ink_in(image) is None
