"""The pixel data element of a source file, where it lies, and its frames one at a time."""

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian

from pipeline.io.unusable import UnusableError

PIXEL_DATA, ITEM, SEQUENCE_END = 0x7FE00010, 0xFFFEE000, 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF
# Of the preamble, the prefix and the element that says how long the file meta information is.
META_START = 144
DESCRIPTION = (
    "BitsAllocated", "BitsStored", "Columns", "HighBit", "NumberOfFrames",
    "PhotometricInterpretation", "PixelRepresentation", "PlanarConfiguration", "Rows",
    "SamplesPerPixel",
)  # fmt: skip
# The first bytes of a frame: JPEG and JPEG-LS, JPEG 2000 and its file wrapper, JPEG XL.
FRAME_STARTS = (b"\xff\xd8", b"\xff\x4f\xff\x51", b"\0\0\0\x0cj", b"\xff\x0a", b"\0\0\0\x0cJ")
LONGEST_START = 5


@dataclass(frozen=True)
class SourcePixels:
    """An open source that stands at the first byte of its pixel data.

    `length` is None when the pixels are encapsulated; `words` says that pairs of bytes are
    swapped, as in big endian files of 16-bit words; `header` describes the pixels.
    """

    handle: BinaryIO
    header: Dataset
    syntax: UID
    length: int | None
    words: bool

    @property
    def frames(self) -> int:
        """Return the number of frames that the header states."""
        return int(self.header.get("NumberOfFrames") or 1)


@contextmanager
def open_pixels(source: Path | BinaryIO) -> Iterator[SourcePixels]:
    """Open a DICOM file at its pixel data; a stream is read from its start and left open.

    A deflated data set is inflated in memory. Raises UnusableError when there is no pixel data.
    """
    if isinstance(source, Path):
        with source.open("rb") as handle:
            yield _locate(handle)
    else:
        yield _locate(source)


def _locate(handle: BinaryIO) -> SourcePixels:
    handle.seek(0)
    header = dcmread(handle, stop_before_pixels=True, specific_tags=list(DESCRIPTION))
    syntax = header.file_meta.TransferSyntaxUID
    implicit, little = header.original_encoding
    if syntax == DeflatedExplicitVRLittleEndian:
        handle, implicit = _inflated(handle), False
        read_dataset(handle, False, True, stop_when=lambda tag, vr, length: tag >= PIXEL_DATA)
    order = "<" if little else ">"
    head = handle.read(8 if implicit else 12)
    tag = _number(head[:2], order) << 16 | _number(head[2:4], order)
    if tag != PIXEL_DATA:
        raise UnusableError("no_pixels")
    length = _number(head[-4:], order)
    words = not little and head[4:6] == b"OW"
    return SourcePixels(handle, header, syntax, None if length == UNDEFINED else length, words)


def _number(content: bytes, order: str) -> int:
    return int.from_bytes(content, "little" if order == "<" else "big")


def _inflated(handle: BinaryIO) -> BinaryIO:
    handle.seek(META_START - 4)
    length = int.from_bytes(handle.read(4), "little")
    handle.seek(META_START + length)
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    return io.BytesIO(inflater.decompress(handle.read()))


def encoded_frames(pixels: SourcePixels, count: int) -> Iterator[bytes]:
    """Yield the encoded bytes of `count` frames, one in memory at a time.

    Offset tables are not believed. Fragments are frames when there are as many of either;
    otherwise a frame begins where a fragment begins like one. Raises UnusableError when that
    does not give `count` frames, or the file breaks off.
    """
    fragments = list(_fragments(pixels.handle))[1:]  # the first item is the offset table
    if count == 1:
        groups = [fragments]
    elif len(fragments) == count:
        groups = [[fragment] for fragment in fragments]
    else:
        groups = _grouped(pixels.handle, fragments)
    if len(groups) != count or not fragments:
        raise UnusableError("frame_count")
    for group in groups:
        yield b"".join(_read(pixels.handle, start, length) for start, length in group)


def _read(handle: BinaryIO, start: int, length: int) -> bytes:
    handle.seek(start)
    content = handle.read(length)
    if len(content) < length:
        raise UnusableError("truncated")
    return content


def _fragments(handle: BinaryIO) -> Iterator[tuple[int, int]]:
    """Yield where each item's value starts, and its length (PS3.5 A.4)."""
    position = handle.tell()
    while True:
        head = _read(handle, position, 8)
        tag = int.from_bytes(head[:2], "little") << 16 | int.from_bytes(head[2:4], "little")
        length = int.from_bytes(head[4:], "little")
        if tag == SEQUENCE_END:
            return
        if tag != ITEM or length == UNDEFINED:
            raise UnusableError("fragments")
        yield position + 8, length
        position += 8 + length


def _grouped(handle: BinaryIO, fragments: list[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    groups: list[list[tuple[int, int]]] = []
    for start, length in fragments:
        if _read(handle, start, min(length, LONGEST_START)).startswith(FRAME_STARTS):
            groups.append([])
        if not groups:
            raise UnusableError("frame_count")
        groups[-1].append((start, length))
    return groups
