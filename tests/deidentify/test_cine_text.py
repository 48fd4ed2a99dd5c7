"""Text within the region of a cine: of no frame in which it was drawn can it be read."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from pydicom.sequence import Sequence

from tests.deidentify import chain
from tests.deidentify.places import token
from tests.deidentify.plant_header import Person
from tests.deidentify.planter import IN_REGION, encoded, planted_object
from tests.dicom_files import region, us_object, write_object

HEIGHT, WIDTH, COUNT = 240, 320, 12
BOX = (20, 30, 300, 230)
WORD, PLACE = "ZQ017K03X", (70, 120)
READABLE = 0.05  # share of the strokes' pixels that may be lit still
Frames = npt.NDArray[np.uint8]


def echo(coloured: bool = False) -> Frames:
    """Return a cine of speckle that drifts, `_NHW` or `_NHWC`."""
    x0, y0, x1, y1 = BOX
    grain = cv2.GaussianBlur(np.random.default_rng(7).normal(size=(y1 - y0, x1 - x0)), (0, 0), 1.6)
    speckle = np.clip(70 + 30 * grain / grain.std(), 20, 150).astype(np.uint8)
    frames = np.zeros((COUNT, HEIGHT, WIDTH), np.uint8)
    for number, frame in enumerate(frames):
        frame[y0:y1, x0:x1] = np.roll(speckle, number, axis=1)
    return np.repeat(frames[..., None], 3, axis=3) if coloured else frames


def strokes() -> npt.NDArray[np.bool_]:
    """Return where a word's ink is, `_HW`."""
    ink = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.putText(ink, WORD, PLACE, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (255,), 1)
    return ink > 0


def cleaned(folder: Path, frames: Frames) -> list[npt.NDArray[np.uint8]]:
    header = us_object(frames, SequenceOfUltrasoundRegions=Sequence([region(BOX)]))
    write_object(folder / "raw" / "a", header)
    return chain.images(chain.run(folder / "raw", folder / "out"), b"a")


def lit(image: npt.NDArray[np.uint8]) -> float:
    """Return the share of the strokes' pixels that are anything but black."""
    shown = image[strokes()].reshape(int(strokes().sum()), -1).any(axis=1)
    return float(shown.mean())


@pytest.mark.parametrize("first", [0, 1, 5, 11])
def test_text_that_appears_later_is_gone_in_all_frames_that_show_it(
    tmp_path: Path, first: int
) -> None:
    frames = echo()
    frames[first:, strokes()] = 255
    found = cleaned(tmp_path, frames)
    assert len(found) == COUNT
    assert max(map(lit, found[first:])) <= READABLE


def test_text_that_goes_again_is_gone_and_costs_no_other_frame(tmp_path: Path) -> None:
    frames = echo()
    frames[3:7, strokes()] = 255
    found = cleaned(tmp_path, frames)
    assert max(map(lit, found[3:7])) <= READABLE
    assert min(map(lit, [*found[:2], *found[8:]])) == 1


def test_a_cine_partly_grey_partly_colour_stays_as_it_is(tmp_path: Path) -> None:
    frames = echo(coloured=True)
    frames[6:, 150:200, 100:200] = (180, 60, 40)
    frames[:, strokes()] = (255, 220, 0)
    found = cleaned(tmp_path, frames)
    assert [image.ndim for image in found] == [2] * 6 + [3] * 6
    assert max(map(lit, found)) <= READABLE
    assert (found[8][170, 150] == (180, 60, 40)).all()


def test_the_export_of_such_a_cine_has_the_same_pixels(tmp_path: Path) -> None:
    frames = echo(coloured=True)
    frames[6:, 150:200, 100:200] = (180, 60, 40)
    found = cleaned(tmp_path, frames)
    study = chain.run(tmp_path / "raw", tmp_path / "out")
    export = chain.exported(study, "1.2.3.4")
    np.testing.assert_array_equal(export.pixel_array, chain.in_colour(found, coloured=True))


def in_region_strokes() -> npt.NDArray[np.bool_]:
    """Return where the planter wrote a patient's id into the region, `_HW`."""
    ink = np.zeros((240, 320), np.uint8)
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(ink, token("patient_id", 0), IN_REGION, font, 0.5, (255,))
    return ink > 0


@pytest.mark.parametrize("kind", ["rgb_color", "ybr_color"])
def test_an_id_written_into_real_images_is_gone_in_all_frames(tmp_path: Path, kind: str) -> None:
    chain.save(tmp_path / "raw", "a", encoded(planted_object(kind, Person(0, 0), 0)))
    found = chain.images(chain.run(tmp_path / "raw", tmp_path / "out"), b"a")
    ink = in_region_strokes()
    for image in found:
        shown = image[ink].reshape(int(ink.sum()), -1).any(axis=1)
        assert shown.mean() <= READABLE
