from collections.abc import Callable
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import PIL.Image
import pytest

from pipeline.tasks.convert.cases import Shape
from pipeline.tasks.convert.masks import (
    by_colour,
    by_value,
    fill_polygons,
    read_binary,
    read_values,
    union,
)
from pipeline.tasks.convert.refusals import Refusal
from tests.tasks.convert.files import HEIGHT, WIDTH, Form, binary_png, blob, encoded, picture, write

SHAPE = (HEIGHT, WIDTH)


def _reason(error: pytest.ExceptionInfo[Refusal]) -> str:
    return error.value.reason


@pytest.mark.parametrize("form", get_args(Form))
def test_a_binary_mask_is_the_same_in_every_pixel_format(tmp_path: Path, form: Form) -> None:
    path = write(tmp_path / "m.png", binary_png(blob(), form))
    assert np.array_equal(read_binary(path), blob() == 1)


@pytest.mark.parametrize("form", get_args(Form))
def test_an_empty_mask_is_empty_in_every_pixel_format(tmp_path: Path, form: Form) -> None:
    path = write(tmp_path / "m.png", binary_png(0 * blob(), form))
    assert not read_binary(path).any()


@pytest.mark.parametrize("value", [1, 2, 64, 127, 128, 255])
def test_the_only_value_beside_zero_is_foreground(tmp_path: Path, value: int) -> None:
    path = write(tmp_path / "m.png", encoded(blob(0, value)))
    assert np.array_equal(read_binary(path), blob() == 1)


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 64)])
def test_any_colour_on_black_is_foreground(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    path = write(tmp_path / "m.png", encoded(blob()[..., None] * np.array(colour, np.uint8)))
    assert np.array_equal(read_binary(path), blob() == 1)


def test_a_16_bit_mask_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "m.png", encoded(blob().astype(np.uint16) * 65535))
    assert np.array_equal(read_binary(path), blob() == 1)


@pytest.mark.parametrize("quality", [30, 60, 90])
@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_noise_of_jpeg_is_no_foreground(tmp_path: Path, quality: int, suffix: str) -> None:
    path = write(tmp_path / f"m.{suffix}", encoded(blob() * 255, "JPEG", quality=quality))
    level = np.asarray(PIL.Image.open(path))
    assert len(np.unique(level)) > 2
    assert np.count_nonzero(read_binary(path) != (blob() == 1)) < 0.01 * level.size
    assert set(np.unique(read_binary(path))) == {False, True}


def test_noise_around_black_alone_is_an_empty_mask(tmp_path: Path) -> None:
    noise = (picture(1) // 16).astype(np.uint8)
    path = write(tmp_path / "m.jpg", encoded(noise, "JPEG", quality=95))
    assert np.asarray(PIL.Image.open(path)).any()
    assert not read_binary(path).any()


def test_an_anti_aliased_border_is_cut_at_half(tmp_path: Path) -> None:
    soft = cv2.GaussianBlur(blob() * np.uint8(255), (3, 3), 0)
    path = write(tmp_path / "m.png", encoded(soft))
    assert np.array_equal(read_binary(path), soft >= 128)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF"])
@pytest.mark.parametrize("darker", [1, 2, 4])
def test_a_picture_is_no_binary_mask(tmp_path: Path, kind: str, darker: int) -> None:
    if kind == "JPEG" and darker == 4:
        pytest.skip("so dark, it is black with noise")
    path = write(tmp_path / "m", encoded(picture(3) // np.uint8(darker), kind))
    with pytest.raises(Refusal) as error:
        read_binary(path)
    assert _reason(error) == "unknown_mask_value"


def test_several_masks_are_one(tmp_path: Path) -> None:
    first = write(tmp_path / "a.png", binary_png(blob(0), "1-bit"))
    moved = np.roll(blob(0), 6, axis=1)
    second = write(tmp_path / "b.png", binary_png(moved, "palette"))
    assert np.array_equal(union([first, second], SHAPE), blob(0) | moved)
    assert not union([], SHAPE).any()


READERS: dict[str, Callable[[Path, Shape], object]] = {
    "union": lambda path, shape: union([path], shape),
    "by_value": lambda path, shape: by_value(path, shape, {0: 0, 1: 1}),
    "by_colour": lambda path, shape: by_colour(path, shape, {(0, 0, 0): 0}),
}


@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_a_mask_of_another_size_is_refused(
    tmp_path: Path, read: Callable[[Path, Shape], object]
) -> None:
    path = write(tmp_path / "a.png", encoded(blob()))
    with pytest.raises(Refusal) as error:
        read(path, (WIDTH, HEIGHT))
    assert _reason(error) == "mask_size_mismatch"


@pytest.mark.parametrize("mode", ["L", "P", "RGB", "RGBA", "LA", "I;16"])
def test_indices_are_the_stored_numbers(tmp_path: Path, mode: str) -> None:
    indices = blob(0, 7) + np.roll(blob(0, 8), 20, axis=0)
    image = PIL.Image.fromarray(indices)
    if mode == "P":
        image = PIL.Image.fromarray(indices, "P")
        image.putpalette([200, 100, 50] * 16)
    elif mode == "I;16":
        image = PIL.Image.fromarray(indices.astype(np.uint16))
    elif mode != "L":
        image = image.convert(mode)
    image.save(tmp_path / "m.png")
    assert np.array_equal(read_values(tmp_path / "m.png"), indices)
    mapped = by_value(tmp_path / "m.png", SHAPE, {0: 0, 7: 1, 8: 2})
    assert np.array_equal(mapped, np.where(indices == 0, 0, indices - 6))


@pytest.mark.parametrize("stray", [1, 9, 255])
def test_an_index_without_a_class_is_refused(tmp_path: Path, stray: int) -> None:
    path = write(tmp_path / "m.png", encoded(blob(0, stray)))
    with pytest.raises(Refusal) as error:
        by_value(path, SHAPE, {0: 0, 7: 1, 8: 2})
    assert _reason(error) == "unknown_mask_value"


def test_a_value_beyond_a_byte_is_refused_and_not_wrapped(tmp_path: Path) -> None:
    path = write(tmp_path / "m.png", encoded(blob().astype(np.uint16) * (256 + 7)))
    with pytest.raises(Refusal) as error:
        by_value(path, SHAPE, {0: 0, 7: 1, 8: 2})
    assert _reason(error) == "unknown_mask_value"


def test_colours_where_indices_are_expected_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "m.png", encoded(blob()[..., None] * np.array([7, 0, 0], np.uint8)))
    with pytest.raises(Refusal) as error:
        read_values(path)
    assert _reason(error) == "unknown_mask_value"


def test_colours_are_classes_and_nothing_between_is(tmp_path: Path) -> None:
    red, green = blob(0) == 1, np.roll(blob(0), 20, axis=0) == 1
    colours = np.zeros((*SHAPE, 3), np.uint8)
    colours[red], colours[green] = (64, 0, 0), (0, 64, 0)
    classes = {(0, 0, 0): 0, (64, 0, 0): 1, (0, 64, 0): 2}
    path = write(tmp_path / "m.png", encoded(colours))
    assert np.array_equal(by_colour(path, SHAPE, classes), red + 2 * green)
    colours[0, 0] = (63, 0, 0)
    with pytest.raises(Refusal) as error:
        by_colour(write(path, encoded(colours)), SHAPE, classes)
    assert _reason(error) == "unknown_mask_value"


def test_polygons_are_filled_where_they_lie_and_cut_at_the_border() -> None:
    square = [(2.0, 3.0), (6.0, 3.0), (6.0, 9.0), (2.0, 9.0)]
    across = [(50.0, 30.0), (90.0, 30.0), (90.0, 35.0), (50.0, 35.0)]
    mask = fill_polygons([square, across], SHAPE)
    expected = np.zeros(SHAPE, np.uint8)
    expected[3:10, 2:7] = expected[30:36, 50:] = 1
    assert np.array_equal(mask, expected)
