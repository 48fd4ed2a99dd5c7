"""Image files as they go into the folder format: unchanged where every reader can read them.

What a file is follows from its content, never from its name, except for volumes (NIfTI, MetaImage),
whose library goes by the name. A picture that its EXIF orientation turns is turned: OpenCV does so,
and with it the challenge's loader, but not every reader.
"""

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import PIL.ExifTags
import PIL.Image
import PIL.ImageOps
import SimpleITK as sitk  # noqa: N813 - the name that its users know

from pipeline.io.images import encode_png
from pipeline.tasks.convert.refusals import Reason, Refusal

# Formats that are passed on byte for byte, with the suffixes that fit them.
PLAIN = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "BMP": (".bmp",)}
PNG_MODES = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
NUMBERS = ("I", "I;16B", "F")
META_IMAGE = (".mhd", ".mha")
# What Pillow raises on damaged files, a TIFF without dimensions or a DDS of unknown flags too.
UNDECODABLE = (
    EOFError,
    NotImplementedError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    PIL.Image.DecompressionBombError,
)
VOLUMES = (".nii", ".nii.gz", *META_IMAGE)

# Broken files are told by an exception, not by lines of ITK on stderr.
sitk.ProcessObject.SetGlobalWarningDisplay(False)  # type: ignore[no-untyped-call]


class Picture(NamedTuple):
    """An image file's bytes, the suffixes that fit them (the first is usual), and its size."""

    content: bytes
    suffixes: tuple[str, ...]
    height: int
    width: int


def is_volume(path: Path) -> bool:
    """Return whether a file is read by SimpleITK."""
    return path.name.lower().endswith(VOLUMES)


def read_volume(path: Path, unreadable: Reason) -> npt.NDArray[Any]:
    """Return `_HW` or `_HWC` of a volume that holds one 2-D image; raise Refusal otherwise."""
    if path.is_file() and not path.stat().st_size:
        raise Refusal("empty_file", "the file has no content")
    try:
        # The reader is named, as ITK would choose it by a suffix in lower case.
        reader = "MetaImageIO" if path.suffix.lower() in META_IMAGE else "NiftiImageIO"
        stored = sitk.GetArrayFromImage(sitk.ReadImage(str(path), imageIO=reader))
    except RuntimeError:
        raise Refusal(unreadable, "the file is not a volume that can be read") from None
    # Three grey slices are how PSFHS writes three channels.
    image = stored.transpose(1, 2, 0) if stored.ndim == 3 and stored.shape[0] == 3 else stored
    if image.ndim == 3 and image.shape[0] == 1:
        image = image[0]
    if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] != 3):
        raise Refusal("several_frames", "the file holds more than one image")
    with np.errstate(invalid="ignore"):
        whole = image.astype(np.uint8)
    if not np.array_equal(whole, image):
        raise Refusal(unreadable, "its values are not whole numbers from 0 to 255")
    return whole


def open_image(path: Path, unreadable: Reason) -> PIL.Image.Image:
    """Decode an image file upright; raise Refusal when it is empty, broken or a sequence."""
    image = _as_stored(path, unreadable)
    PIL.ImageOps.exif_transpose(image, in_place=True)
    return image


def _as_stored(path: Path, unreadable: Reason) -> PIL.Image.Image:
    try:
        content = path.read_bytes()
        if not content:
            raise Refusal("empty_file", "the file has no content")
        image = PIL.Image.open(io.BytesIO(content))
        frames = getattr(image, "n_frames", 1)
        image.load()
    except UNDECODABLE:
        raise Refusal(unreadable, "the file is not an image that can be decoded") from None
    if frames > 1:
        raise Refusal("several_frames", "the file holds more than one image")
    return image


def read_picture(path: Path) -> Picture:
    """Return an image file ready to be written: its own bytes, or without loss as PNG.

    Raises Refusal when it cannot be decoded.
    """
    if is_volume(path):
        image = read_volume(path, "unreadable_image")
        return Picture(encode_png(image), PLAIN["PNG"], image.shape[0], image.shape[1])
    opened = _as_stored(path, "unreadable_image")
    suffixes = PLAIN.get(opened.format or "")
    if suffixes and opened.getexif().get(PIL.ExifTags.Base.Orientation, 1) == 1:
        return Picture(path.read_bytes(), suffixes, opened.height, opened.width)
    PIL.ImageOps.exif_transpose(opened, in_place=True)
    return Picture(_as_png(opened), PLAIN["PNG"], opened.height, opened.width)


def _as_png(opened: PIL.Image.Image) -> bytes:
    """Return the pixels, and nothing else, as PNG; raise Refusal where that would lose some."""
    image = opened
    if opened.mode in NUMBERS:
        values = np.asarray(opened)
        with np.errstate(invalid="ignore"):
            whole = values.astype(np.uint16)
        if not np.array_equal(whole, values):
            raise Refusal("unreadable_image", "its values are not whole numbers from 0 to 65535")
        image = PIL.Image.fromarray(whole if whole.max() > 255 else whole.astype(np.uint8))
    elif opened.mode not in PNG_MODES:
        raise Refusal("unreadable_image", "its colours are of a kind that PNG does not have")
    # Other formats have room for a patient's name.
    image.info.clear()
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
