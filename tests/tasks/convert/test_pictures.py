import io
from pathlib import Path

import numpy as np
import PIL.ExifTags
import PIL.Image
import pytest
import SimpleITK as sitk  # noqa: N813 - the name that its users know

from pipeline.tasks.convert.pictures import open_image, read_picture, read_volume
from pipeline.tasks.convert.refusals import Refusal
from pipeline.tasks.samples import read_image
from tests.tasks.convert.files import HEIGHT, WIDTH, Array, encoded, picture, write, write_volume


def _decoded(content: bytes) -> Array:
    return np.asarray(PIL.Image.open(io.BytesIO(content)))


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", ".png"), ("JPEG", ".jpg"), ("BMP", ".bmp")])
@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a"])
def test_plain_formats_are_passed_on_byte_for_byte_whatever_the_name(
    tmp_path: Path, kind: str, suffix: str, name: str
) -> None:
    content = encoded(picture(1), kind)
    found = read_picture(write(tmp_path / name, content))
    assert found.content == content
    assert found.suffixes[0] == suffix
    assert (found.height, found.width) == (HEIGHT, WIDTH)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_bmp_that_is_a_tiff_becomes_a_png_of_the_same_pixels(
    tmp_path: Path, dtype: type[np.unsignedinteger]
) -> None:
    image = picture(1).astype(dtype) * dtype(3)
    found = read_picture(write(tmp_path / "x.bmp", encoded(image, "TIFF")))
    assert found.suffixes == (".png",)
    assert np.array_equal(_decoded(found.content), image)


@pytest.mark.parametrize(("dtype", "top"), [("<f4", 200), ("<i4", 60000), (">u2", 999)])
def test_numbers_of_other_kinds_are_kept_where_png_can_hold_them(
    tmp_path: Path, dtype: str, top: int
) -> None:
    image = np.full((HEIGHT, WIDTH), 7, dtype)
    image[3, 4] = top
    found = read_picture(write(tmp_path / "x.tif", encoded(image, "TIFF")))
    assert np.array_equal(_decoded(found.content), image)


@pytest.mark.parametrize(("dtype", "top"), [("<f4", 0.5), ("<f4", -1), ("<i4", 2**16)])
def test_numbers_that_png_cannot_hold_are_refused(tmp_path: Path, dtype: str, top: float) -> None:
    image = np.full((HEIGHT, WIDTH), top, dtype)
    with pytest.raises(Refusal) as error:
        read_picture(write(tmp_path / "x.tif", encoded(image, "TIFF")))
    assert error.value.reason == "unreadable_image"


def test_colours_that_png_does_not_have_are_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    PIL.Image.fromarray(np.dstack([picture(1)] * 4), "CMYK").save(buffer, "TIFF")
    with pytest.raises(Refusal) as error:
        read_picture(write(tmp_path / "x.tif", buffer.getvalue()))
    assert error.value.reason == "unreadable_image"


def test_words_in_other_formats_are_left_behind(tmp_path: Path) -> None:
    words = {"description": "DOE^JANE", "icc_profile": b"DOE^JANE"}
    content = encoded(picture(1), "TIFF", **words)
    assert content.count(b"DOE^JANE") == 2
    found = read_picture(write(tmp_path / "x.tif", content))
    assert PIL.Image.open(io.BytesIO(found.content)).info == {}


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".mha", ".mhd", ".MHA"])
@pytest.mark.parametrize("shape", [(HEIGHT, WIDTH), (1, HEIGHT, WIDTH), (3, HEIGHT, WIDTH)])
def test_volumes_of_one_image_become_pngs_the_right_way_up(
    tmp_path: Path, suffix: str, shape: tuple[int, ...]
) -> None:
    image = np.broadcast_to(picture(1), shape)
    path = write_volume(tmp_path / f"v{suffix.lower()}", image)
    path = path.rename(path.with_name(f"v{suffix}"))
    decoded = _decoded(read_picture(path).content)
    expected = np.moveaxis(image, 0, -1) if shape[0] == 3 else picture(1)
    assert np.array_equal(decoded, expected)


def test_a_volume_of_three_channels_is_read_too(tmp_path: Path) -> None:
    rgb = np.dstack([picture(1), picture(2), picture(3)])
    sitk.WriteImage(sitk.GetImageFromArray(rgb, isVector=True), str(tmp_path / "v.mha"))
    assert np.array_equal(_decoded(read_picture(tmp_path / "v.mha").content), rgb)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_turned_by_exif_is_written_as_the_challenges_loader_reads_it(
    tmp_path: Path, kind: str, orientation: int
) -> None:
    exif = PIL.Image.Exif()
    exif[PIL.ExifTags.Base.Orientation] = orientation
    path = write(tmp_path / "x", encoded(picture(1), kind, exif=exif))
    found = read_picture(path)
    assert (found.height, found.width) == _decoded(found.content).shape
    assert (found.content == path.read_bytes()) == (orientation == 1 and kind != "TIFF")
    assert np.array_equal(_decoded(found.content), read_image(path))
    assert np.array_equal(read_image(write(tmp_path / "y", found.content)), read_image(path))
    assert np.array_equal(np.asarray(open_image(path, "unreadable_mask")), read_image(path))


@pytest.mark.parametrize("level", [-1.0, 0.5, 256.0, np.nan])
def test_values_that_fit_no_byte_are_refused_and_not_rescaled(tmp_path: Path, level: float) -> None:
    path = write_volume(tmp_path / "v.mha", np.full((HEIGHT, WIDTH), level, np.float32))
    with pytest.raises(Refusal) as error:
        read_volume(path, "unreadable_image")
    assert error.value.reason == "unreadable_image"


def _cases() -> dict[str, tuple[str, bytes, str]]:
    frames = [PIL.Image.fromarray(picture(number)) for number in (1, 2)]
    several = io.BytesIO()
    frames[0].save(several, "TIFF", save_all=True, append_images=frames[1:])
    return {
        "empty": ("x.png", b"", "empty_file"),
        "empty volume": ("x.nii.gz", b"", "empty_file"),
        "text": ("x.png", b"Not found", "unreadable_image"),
        "text as a volume": ("x.mha", b"Not found", "unreadable_image"),
        "cut PNG": ("x.png", encoded(picture(1))[:-600], "unreadable_image"),
        "cut JPEG": ("x.jpg", encoded(picture(1), "JPEG")[:-600], "unreadable_image"),
        "two pages": ("x.tif", several.getvalue(), "several_frames"),
    }


@pytest.mark.parametrize(("name", "content", "reason"), _cases().values(), ids=_cases())
def test_broken_files_are_refused(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as error:
        read_picture(write(tmp_path / name, content))
    assert error.value.reason == reason


def test_a_sequence_in_a_volume_is_refused(tmp_path: Path) -> None:
    path = write_volume(tmp_path / "v.nii.gz", np.stack([picture(n) for n in range(5)]))
    with pytest.raises(Refusal) as error:
        read_picture(path)
    assert error.value.reason == "several_frames"


def test_a_tiff_whose_second_page_has_no_dimensions_is_refused(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    page = PIL.Image.fromarray(picture(1))
    page.save(buffer, "TIFF", save_all=True, append_images=[page])
    content = bytearray(buffer.getvalue())
    first = int.from_bytes(content[4:8], "little")
    end = first + 2 + 12 * int.from_bytes(content[first : first + 2], "little")
    second = int.from_bytes(content[end : end + 4], "little")
    # The directory's first entry, the tag of the width (256), becomes one that is not known.
    content[second + 2] = 9
    with pytest.raises(Refusal) as found:
        read_picture(write(tmp_path / "x.tif", bytes(content)))
    assert found.value.reason == "unreadable_image"
