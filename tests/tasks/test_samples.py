from pathlib import Path
from typing import Any

import cv2
import numpy as np
import PIL.ExifTags
import PIL.Image
import pytest

from pipeline.io.images import Image
from pipeline.tasks.catalogue import Task, load_catalogue
from pipeline.tasks.challenge import parse_row, read_rows
from pipeline.tasks.defects import Defect
from pipeline.tasks.labels import LabelRules
from pipeline.tasks.samples import Label, Sample, read_image, read_sample
from tests.challenge_layout import ChallengeFolder, speckle

TASKS = load_catalogue()
RULES = LabelRules("quarantine", "keep")


def _read(root: Path, task: Task, image: Image, **fields: Any) -> Sample:
    """Write one row, its usual label overruled by `fields`, and read it back."""
    folder = ChallengeFolder(root)
    folder.add_labelled(task, "Images/x 1.png", image, 1, **fields)
    (row,) = read_rows([folder.write()])
    return read_sample(parse_row(row, TASKS), root, RULES)


def _reason(root: Path, task: Task, **fields: Any) -> str:
    with pytest.raises(Defect) as caught:
        _read(root, task, speckle(0), **fields)
    return caught.value.reason


def test_each_type_reads_its_own_label(tmp_path: Path) -> None:
    image = speckle(0)
    mask = _read(tmp_path, TASKS["cardiac_multi"], image).label.mask
    assert mask is not None and set(np.unique(mask)) == {0, 1, 2, 3}
    assert _read(tmp_path, TASKS["organ_cls"], image, mask="4").label.label == 4
    box = {"x_min": 0, "y_min": 0, "x_max": 24, "y_max": 20}
    found = _read(tmp_path, TASKS["thyroid_nodule_det"], image, **box).label
    assert found == Label(box=(0.0, 0.0, 24.0, 20.0))
    points = _read(tmp_path, TASKS["IUGC"], image, point_2_xy="", point_3_xy="[3.5, 20]").label
    assert points == Label(points=((5.0, 2.0), (0.0, 0.0), (3.5, 20.0)))


def test_labels_are_equal_by_what_is_to_be_predicted() -> None:
    mask = np.zeros((3, 4), np.uint8)
    labels = [
        Label(mask=mask),
        Label(mask=mask + 1),
        Label(mask=mask.reshape(4, 3)),
        Label(label=0),
        Label(box=(0.0, 0.0, 1.0, 1.0)),
        Label(points=((0.0, 0.0), (1.0, 1.0))),
    ]
    assert len({label.sha256 for label in labels}) == len(labels)
    assert Label(mask=mask.copy()).sha256 == labels[0].sha256


def test_a_colour_image_of_equal_channels_is_the_grey_one(tmp_path: Path) -> None:
    grey = speckle(3)
    folder = ChallengeFolder(tmp_path)
    folder.save("grey.png", grey)
    folder.save("colour.png", np.dstack([grey] * 3))
    assert np.array_equal(read_image(tmp_path / "grey.png"), grey)
    assert np.array_equal(read_image(tmp_path / "colour.png"), grey)


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("shape", [(20, 24), (20, 24, 3)])
@pytest.mark.parametrize(("depth", "bits"), [(8, 8), (9, 12), (12, 12), (13, 16), (16, 16)])
def test_16_bits_are_read_by_the_upper_8_of_those_in_use(
    tmp_path: Path, suffix: str, shape: tuple[int, ...], depth: int, bits: int
) -> None:
    image = np.random.default_rng(1).integers(0, 2**depth, shape, dtype=np.uint16)
    image[0, 0] = 2**depth - 1
    (tmp_path / "x").write_bytes(cv2.imencode(suffix, image)[1].tobytes())
    rgb = image[..., ::-1] if image.ndim == 3 else image
    assert np.array_equal(read_image(tmp_path / "x"), rgb // 2 ** (bits - 8))


def test_fractions_are_no_grey_levels(tmp_path: Path) -> None:
    PIL.Image.fromarray(np.full((4, 5), 0.5, np.float32)).save(tmp_path / "x.tif")
    with pytest.raises(Defect, match="whole numbers of 8 or 16 bits") as caught:
        read_image(tmp_path / "x.tif")
    assert caught.value.reason == "unreadable_image"


def test_colours_are_read_as_rgb(tmp_path: Path) -> None:
    red_BGR = np.zeros((4, 5, 3), np.uint8)
    red_BGR[..., 2] = 200
    ChallengeFolder(tmp_path).save("red.png", red_BGR)
    assert read_image(tmp_path / "red.png")[0, 0].tolist() == [200, 0, 0]


def test_the_image_digest_sees_pixels_and_shape_only(tmp_path: Path) -> None:
    folder = ChallengeFolder(tmp_path)
    folder.save("a.png", speckle(1))
    folder.save("b.bmp", speckle(1))
    folder.save("c.png", speckle(1).reshape(24, 20))
    digests = [
        Sample(read_image(tmp_path / name), Label()).image_sha256
        for name in ("a.png", "b.bmp", "c.png")
    ]
    assert digests[0] == digests[1] != digests[2]


def test_the_content_counts_and_not_the_suffix(tmp_path: Path) -> None:
    path = tmp_path / "really a tiff.bmp"
    path.write_bytes(cv2.imencode(".tif", speckle(2))[1].tobytes())
    assert np.array_equal(read_image(path), speckle(2))


@pytest.mark.parametrize(("orientation", "turns"), [(1, 0), (3, 2), (6, 3), (8, 1)])
def test_images_and_masks_are_turned_as_their_exif_orientation_says(
    tmp_path: Path, orientation: int, turns: int
) -> None:
    """So OpenCV reads them, and with it the challenge's loader, in whose pixels labels count."""
    exif = PIL.Image.Exif()
    exif[PIL.ExifTags.Base.Orientation] = orientation
    mask = np.zeros((20, 24), np.uint8)
    mask[2:5, 1:9] = 1
    for name, stored in (("image", speckle(1)), ("mask", mask)):
        PIL.Image.fromarray(stored).save(tmp_path / f"{name}.png", exif=exif)
    assert np.array_equal(read_image(tmp_path / "image.png"), np.rot90(speckle(1), turns))
    upright = np.rot90(speckle(2), turns)
    found = _read(tmp_path, TASKS["lung"], upright, mask_path="../mask.png").label.mask
    assert found is not None and np.array_equal(found, np.rot90(mask, turns))


def test_a_mask_that_was_not_turned_with_its_image_is_a_defect(tmp_path: Path) -> None:
    exif = PIL.Image.Exif()
    exif[PIL.ExifTags.Base.Orientation] = 6
    PIL.Image.fromarray(speckle(1)).save(tmp_path / "turned.png", exif=exif)
    path = ChallengeFolder(tmp_path).save("stored.png", np.zeros((20, 24), np.uint8))
    fields = {"image_path": "../turned.png", "mask_path": path}
    assert _reason(tmp_path, TASKS["lung"], **fields) == "mask_size_mismatch"


@pytest.mark.parametrize(
    ("task", "fields", "reason"),
    [
        ("lung", {"image_path": "../Images/none.png"}, "missing_image"),
        ("lung", {"image_path": "../Images"}, "missing_image"),
        ("lung", {"image_path": "../csv_files/all.csv"}, "unreadable_image"),
        ("lung", {"mask_path": ""}, "no_label"),
        ("lung", {"mask_path": "../Segmentation/none.png"}, "missing_mask"),
        ("lung", {"mask_path": "../csv_files/all.csv"}, "unreadable_mask"),
        ("lung", {"mask_path": "../../x.png"}, "path_outside"),
        ("lung", {"mask_path": "../Images/x 1.png"}, "class_out_of_range"),
    ],
)
def test_files_that_are_not_what_the_row_says(
    tmp_path: Path, task: str, fields: dict[str, Any], reason: str
) -> None:
    assert _reason(tmp_path, TASKS[task], **fields) == reason


def test_a_mask_of_another_size_is_a_defect(tmp_path: Path) -> None:
    path = ChallengeFolder(tmp_path).save("small.png", np.zeros((5, 5), np.uint8))
    assert _reason(tmp_path, TASKS["lung"], mask_path=path) == "mask_size_mismatch"


def test_an_empty_mask_is_an_answer(tmp_path: Path) -> None:
    path = ChallengeFolder(tmp_path).save("empty.png", np.zeros((20, 24), np.uint8))
    mask = _read(tmp_path, TASKS["lung"], speckle(0), mask_path=path).label.mask
    assert mask is not None and not mask.any()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_an_image_that_ends_early_is_a_defect_of_its_own(
    tmp_path: Path, suffix: str, share: float
) -> None:
    content = cv2.imencode(suffix, speckle(1, 64, 64))[1].tobytes()
    broken = tmp_path / f"broken{suffix}"
    broken.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(Defect) as caught:
        read_image(broken)
    assert caught.value.reason == "truncated_image"
    broken.write_bytes(content)
    read_image(broken)


@pytest.mark.parametrize("content", [b"", b"BM", b"\x89PNG\r\n\x1a\n" + bytes(99) + b"IEND"])
def test_what_is_no_image_is_not_called_cut_short(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(Defect) as caught:
        read_image(tmp_path / "x.png")
    assert caught.value.reason == "unreadable_image"
