"""Do rows, columns, samples, depth and frames make an image, and is it all there?"""

from typing import Any, BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID

from pipeline.ingest.codestream import Size, check_codestream
from pipeline.ingest.elements import PixelElement
from pipeline.ingest.params import IngestParams
from pipeline.io.unusable import UnusableError

NEEDED = (
    "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored",
    "PhotometricInterpretation", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
)  # fmt: skip

# Photometric interpretations that decode to grey or RGB (PS3.3 C.7.6.3.1.2): samples of a pixel,
# and how many of them uncompressed pixel data stores, as chroma may be shared between pixels.
PHOTOMETRIC: dict[str, tuple[int, float]] = {
    "MONOCHROME1": (1, 1),
    "MONOCHROME2": (1, 1),
    "PALETTE COLOR": (1, 1),
    "RGB": (3, 3),
    "YBR_FULL": (3, 3),
    "YBR_FULL_422": (3, 2),
    "YBR_PARTIAL_420": (3, 1.5),
    "YBR_PARTIAL_422": (3, 2),
    "YBR_ICT": (3, 3),
    "YBR_RCT": (3, 3),
}
DEPTHS = (8, 16, 32)


def value(header: Dataset, name: str) -> Any:
    """Return an attribute's value or None; raise UnusableError when it cannot be read."""
    try:
        return header.get(name)
    except Exception:
        # Whatever pydicom raises on a damaged value, its text may quote it.
        raise UnusableError("unreadable_element", name) from None


def text(header: Dataset, name: str) -> str:
    """Return an attribute's value as text without outer blanks; empty when it has none."""
    found = value(header, name)
    return "" if found is None else str(found).strip(" \0")


def whole(header: Dataset, name: str) -> int:
    """Return an attribute that must be a whole number."""
    try:
        number = float(text(header, name))
        if number == int(number):
            return int(number)
    except (ValueError, OverflowError, UnusableError):
        pass
    raise UnusableError("absurd_geometry", name)


def frames_of(header: Dataset) -> int:
    """Return the number of frames; 1 where the header does not count them."""
    return whole(header, "NumberOfFrames") if text(header, "NumberOfFrames") else 1


def read_size(header: Dataset, params: IngestParams) -> Size:
    """Return what the header states of the image; raise UnusableError for what cannot be."""
    for name in NEEDED:
        if not text(header, name):
            raise UnusableError("missing_attribute", name)
    photometric = text(header, "PhotometricInterpretation")
    if photometric not in PHOTOMETRIC:
        raise UnusableError("unknown_colour")
    sides = {name: whole(header, name) for name in ("Rows", "Columns")}
    for name, side in sides.items():
        if not 1 <= side <= params.max_side:
            raise UnusableError("absurd_geometry", name)
    frames = frames_of(header)
    if not 1 <= frames <= params.max_frames:
        raise UnusableError("absurd_geometry", "NumberOfFrames")
    samples, depth = whole(header, "SamplesPerPixel"), whole(header, "BitsAllocated")
    if samples != PHOTOMETRIC[photometric][0]:
        raise UnusableError("absurd_geometry", "SamplesPerPixel")
    if depth not in DEPTHS or not 1 <= whole(header, "BitsStored") <= depth:
        raise UnusableError("absurd_geometry", "BitsStored")
    return Size(sides["Rows"], sides["Columns"], frames, samples, depth // 8)


def native_bytes(size: Size, photometric: str) -> int:
    """Return the size of the uncompressed pixel data that a header describes."""
    stored = PHOTOMETRIC[photometric][1]
    return int(size.rows * size.columns * stored * size.frames * size.bytes_per_sample)


def check_pixels(
    stream: BinaryIO, header: Dataset, pixels: PixelElement, syntax: UID, size: Size
) -> None:
    """Raise UnusableError when the pixel data is not what the header and the syntax promise."""
    if syntax.is_encapsulated != (pixels.native is None):
        raise UnusableError("broken_structure", "PixelData")
    if pixels.native is None:
        check_codestream(stream, pixels, syntax, size)
    elif pixels.native.length < native_bytes(size, text(header, "PhotometricInterpretation")):
        raise UnusableError("wrong_length")
