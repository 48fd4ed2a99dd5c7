from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from pipeline.tasks.catalogue import load_catalogue
from pipeline.tasks.challenge import Row
from pipeline.tasks.defects import Defect
from pipeline.tasks.labels import Size
from pipeline.tasks.mask_file import read_mask

TASK = load_catalogue()["cardiac_multi"]  # classes 0 to 3
INDICES = np.zeros((6, 8), np.uint8)
INDICES[1:3, 2:5] = 1
INDICES[3:5, 2:7] = 3


def _read(folder: Path, image: PIL.Image.Image, suffix: str = ".png") -> np.ndarray:
    image.save(folder / f"mask{suffix}")
    row = Row("a.csv", 1, {"mask_path": f"../mask{suffix}"})
    return read_mask(row, TASK, folder, Size(6, 8))


def _palette(colours: list[int]) -> PIL.Image.Image:
    mask = PIL.Image.fromarray(INDICES, "P")
    mask.putpalette(colours)
    return mask


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif"])
def test_grey_levels_are_the_classes(tmp_path: Path, suffix: str) -> None:
    grey = PIL.Image.fromarray(INDICES)
    assert np.array_equal(_read(tmp_path, grey, suffix), INDICES)
    assert np.array_equal(_read(tmp_path, grey.convert("RGB"), suffix), INDICES)


def test_a_palette_of_the_indices_themselves_is_read_as_these(tmp_path: Path) -> None:
    mask = _palette([level for index in range(4) for level in (index,) * 3])
    assert np.array_equal(_read(tmp_path, mask), INDICES)


@pytest.mark.parametrize(
    ("mask", "words", "level"),
    [
        (_palette([0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 255, 0]), "in colours, or has a palette", 255),
        (
            PIL.Image.fromarray(np.dstack([INDICES * 80, INDICES * 0, INDICES * 0])),
            "is in colours",
            240,
        ),
        (PIL.Image.fromarray(np.dstack([INDICES, INDICES * 0, INDICES * 0])), "is in colours", 3),
        (_palette([0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]), "in colours, or has a palette", 2),
        (PIL.Image.fromarray(INDICES.astype(np.uint16)), "more than 8 bits", 3),
    ],
    ids=["palette", "colours", "colours that look grey", "palette that looks grey", "16 bits"],
)
def test_classes_that_8_bit_grey_does_not_hold_are_told_with_the_remedy(
    tmp_path: Path, mask: PIL.Image.Image, words: str, level: int
) -> None:
    with pytest.raises(Defect, match=rf"{words}.*; save the classes 0\.\.3") as caught:
        _read(tmp_path, mask)
    assert caught.value.reason == "mask_not_8_bit_grey"
    assert caught.value.field == "mask_path"
    assert caught.value.value == level


@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_grey_beyond_the_classes_is_no_matter_of_form(tmp_path: Path, mode: str) -> None:
    white = PIL.Image.fromarray(((INDICES > 0) * 255).astype(np.uint8)).convert(mode)
    with pytest.raises(Defect, match="values beyond its classes") as caught:
        _read(tmp_path, white)
    assert (caught.value.reason, caught.value.value) == ("class_out_of_range", 255)


def test_a_mask_of_another_size_is_told_with_both_sizes(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="5 x 9 pixels, its image 6 x 8") as caught:
        _read(tmp_path, PIL.Image.new("L", (9, 5)))
    assert caught.value.reason == "mask_size_mismatch"
