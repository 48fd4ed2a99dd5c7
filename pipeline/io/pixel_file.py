"""Where a DICOM file keeps its pixels, and the attributes that say what they mean.

The header is read up to the pixels, on request without the elements that do not describe them, and
the pixels stay in the file: large objects cost no memory here.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag, Tag
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
)

from pipeline.io.colour import PALETTE_KEYWORDS
from pipeline.io.inflate import InflatingReader
from pipeline.io.part10 import read_opening
from pipeline.io.pixel_format import PixelFormat, read_format
from pipeline.io.unusable import UnusableError

PIXEL_DATA = 0x7FE00010
UNDEFINED = 0xFFFFFFFF

_NEEDED = [
    Tag(keyword)
    for keyword in (
        "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames",
        "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
        *PALETTE_KEYWORDS,
    )
]  # fmt: skip


@dataclass(frozen=True)
class PixelFile:
    """An open file: its pixels' format and place.

    `length` is None for encapsulated pixel data. `header` holds the attributes of the pixels only,
    `before` all that was read of what stands before them.
    """

    stream: BinaryIO
    syntax: UID
    header: Dataset
    format: PixelFormat
    offset: int
    length: int | None
    vr: str
    before: Dataset

    @property
    def byte_order(self) -> Literal["little", "big"]:
        """The order of bytes in numbers."""
        return "big" if self.syntax == ExplicitVRBigEndian else "little"

    @property
    def swapped(self) -> bool:
        """Whether uncompressed pixels come in pairs of bytes, the higher one first."""
        return self.byte_order == "big" and (self.format.bits_allocated == 16 or self.vr == "OW")

    def size(self) -> int:
        """Return the stream's length in bytes."""
        return self.stream.seek(0, io.SEEK_END)


@contextmanager
def open_pixels(source: Path | BinaryIO, *, whole: bool = False) -> Iterator[PixelFile]:
    """Open a DICOM file up to its pixels; `source` is a path, or a seekable stream of the file.

    `whole` asks for all that stands before them. Raises UnusableError when the file holds no
    pixels that make sense.
    """
    if isinstance(source, Path):
        with source.open("rb") as handle:
            yield _read(handle, whole)
    else:
        source.seek(0)
        yield _read(source, whole)


def _read(handle: BinaryIO, whole: bool) -> PixelFile:
    try:
        return _parse(handle, whole)
    except UnusableError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's fault; pydicom's own OSErrors have no number
        # pydicom raises many kinds on broken elements, and their texts quote values.
        raise UnusableError("unreadable", type(error).__name__) from None


def _parse(handle: BinaryIO, whole: bool) -> PixelFile:
    opening = read_opening(handle)
    if opening is None or not opening.marked:
        raise UnusableError("not_dicom")
    if not (syntax := opening.syntax):
        raise UnusableError("not_dicom", "no transfer syntax")
    handle.seek(opening.body)
    stream: Any = handle
    if syntax == DeflatedExplicitVRLittleEndian:
        stream = io.BufferedReader(InflatingReader(handle))
    found = read_dataset(
        stream,
        syntax == ImplicitVRLittleEndian,
        syntax != ExplicitVRBigEndian,
        stop_when=_at_pixels,
        specific_tags=None if whole else list(_NEEDED),
    )
    offset, length, vr = _pixel_element(stream, found, syntax)
    # Apart, because what is asked of a data set, it parses.
    header = _needed(found) if whole else found
    described = read_format(header)
    return PixelFile(stream, syntax, header, described, offset, length, vr, found)


def _needed(whole: Dataset) -> Dataset:
    elements = dict(whole.items())
    header = Dataset({tag: elements[tag] for tag in _NEEDED if tag in elements})
    implicit, little = whole.original_encoding
    header.set_original_encoding(implicit, little, whole.original_character_set)
    return header


def _at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
    return int(tag) >= 0x7FE00008


def _pixel_element(stream: BinaryIO, header: Dataset, syntax: UID) -> tuple[int, int | None, str]:
    """Read the pixel element's own header (PS3.5 7.1); return its value's place, length and VR."""
    order: Literal["little", "big"] = "big" if syntax == ExplicitVRBigEndian else "little"
    head = stream.read(8)
    tag = int.from_bytes(head[:2], order) << 16 | int.from_bytes(head[2:4], order)
    if len(head) < 8 or tag != PIXEL_DATA:
        raise UnusableError("no_pixels")
    # Asked of what was read: files contradict their own transfer syntax.
    implicit = header.original_encoding[0]
    content = head[4:] if implicit else stream.read(4)
    if len(content) < 4:
        raise UnusableError("truncated", "pixel data")
    length = int.from_bytes(content, order)
    vr = "OW" if implicit else head[4:6].decode("latin-1")
    return stream.tell(), None if length == UNDEFINED else length, vr
