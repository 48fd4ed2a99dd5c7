"""Is a DICOM file whole, and does it hold the pixel bytes that its header promises?

pydicom opens a truncated file as a smaller data set, without an error, so the file's elements are
walked here, header by header, up to its last byte: tag, value representation and length (PS3.5
7.1), sequences and fragments of undefined length down to their delimiters (PS3.5 7.5 and A.4).
"""

import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

PREAMBLE = 132
PIXEL_DATA = (0x7FE0, 0x0010)
ITEM, ITEM_END, SEQUENCE_END = (0xFFFE, 0xE000), (0xFFFE, 0xE00D), (0xFFFE, 0xE0DD)
UNDEFINED = 0xFFFFFFFF
LONG_FORMS = {str(vr).encode() for vr in EXPLICIT_VR_LENGTH_32}
# Half the chroma samples are not stored (PS3.3 C.7.6.3.1.2).
STORED_SAMPLES = {"YBR_FULL_422": 2, "YBR_PARTIAL_422": 2}


class TruncatedError(Exception):
    """The file ends within an element."""


@dataclass(frozen=True)
class PixelElement:
    """The pixel data element: its length, or its number of fragments when encapsulated."""

    length: int | None
    fragments: int = 0


@dataclass(frozen=True)
class _Element:
    tag: tuple[int, int]
    vr: bytes
    length: int


class _Walker:
    """Reads element after element of one byte stream, skipping their values."""

    def __init__(self, stream: BinaryIO, big_endian: bool = False) -> None:
        self._stream = stream
        self._order: Literal["big", "little"] = "big" if big_endian else "little"
        start = stream.tell()
        self._size = stream.seek(0, io.SEEK_END)
        stream.seek(start)

    def _take(self, count: int) -> bytes:
        content = self._stream.read(count)
        if len(content) < count:
            raise TruncatedError
        return content

    def _number(self, content: bytes) -> int:
        return int.from_bytes(content, self._order)

    def at_end(self) -> bool:
        """Return whether nothing is left, or padding with zeros, which are no element."""
        head = self._stream.read(8)
        self._stream.seek(-len(head), io.SEEK_CUR)
        return not any(head)

    def is_explicit(self) -> bool:
        """Return whether the next element states its VR: files contradict their own syntax."""
        head = self._stream.read(6)
        self._stream.seek(-len(head), io.SEEK_CUR)
        return head[4:].isalpha() and head[4:].isupper()

    def element(self, explicit: bool) -> _Element:
        """Read one element's tag, VR and length; the stream then stands at its value."""
        head = self._take(8)
        tag = (self._number(head[:2]), self._number(head[2:4]))
        if not explicit or tag[0] == ITEM[0]:
            return _Element(tag, b"", self._number(head[4:]))
        if head[4:6] in LONG_FORMS:
            return _Element(tag, head[4:6], self._number(self._take(4)))
        return _Element(tag, head[4:6], self._number(head[6:]))

    def skip(self, length: int) -> None:
        """Pass over a value; raise TruncatedError when the stream ends within it."""
        if self._stream.tell() + length > self._size:
            raise TruncatedError
        self._stream.seek(length, io.SEEK_CUR)

    def skip_undefined(self, explicit: bool) -> int:
        """Pass over a value of undefined length up to its delimiter; return its items' number."""
        open_ends, items = [explicit], 0
        while open_ends:
            element = self.element(open_ends[-1])
            items += element.tag == ITEM and len(open_ends) == 1
            if element.tag in (ITEM_END, SEQUENCE_END):
                open_ends.pop()
            elif element.length == UNDEFINED:
                # What is of unknown kind is written in implicit VR (PS3.5 6.2.2).
                open_ends.append(open_ends[-1] and element.vr != b"UN")
            else:
                self.skip(element.length)
        return items

    def pixel_element(self) -> PixelElement | None:
        """Walk a data set to its end; return its pixel data element, or None without one."""
        explicit, found = self.is_explicit(), None
        while not self.at_end():
            element = self.element(explicit)
            if element.length == UNDEFINED:
                items = self.skip_undefined(explicit and element.vr != b"UN")
                pixels = PixelElement(None, items - 1)  # the first item is the offset table
            else:
                self.skip(element.length)
                pixels = PixelElement(element.length)
            found = pixels if element.tag == PIXEL_DATA else found
        return found


def _skip_file_meta(handle: BinaryIO) -> None:
    """Go to the first byte after the file meta information (PS3.10 7.1)."""
    walker = _Walker(handle)
    handle.seek(PREAMBLE)
    while (group := handle.read(2)) == b"\x02\x00":
        handle.seek(-2, io.SEEK_CUR)
        walker.skip(walker.element(explicit=True).length)
    handle.seek(-len(group), io.SEEK_CUR)


def _inflated(handle: BinaryIO) -> BinaryIO:
    """Return the data set of a deflated file (PS3.5 A.5), whole in memory as pydicom has it."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    content = inflater.decompress(handle.read())
    if not inflater.eof:
        raise TruncatedError
    return io.BytesIO(content)


def find_pixels(path: Path, syntax: UID) -> PixelElement | None:
    """Walk a whole file; return its pixel data element, or None when it has none.

    Raises TruncatedError when the file ends within an element.
    """
    with path.open("rb") as handle:
        _skip_file_meta(handle)
        deflated = syntax == DeflatedExplicitVRLittleEndian
        data_set: BinaryIO = _inflated(handle) if deflated else handle
        return _Walker(data_set, syntax == ExplicitVRBigEndian).pixel_element()


def expected_bytes(header: Dataset) -> int:
    """Return the size of uncompressed pixel data that the header describes."""
    samples = STORED_SAMPLES.get(header.PhotometricInterpretation, header.SamplesPerPixel)
    frames = int(header.get("NumberOfFrames") or 1)
    return int(header.Rows * header.Columns * samples * frames * header.BitsAllocated // 8)


def holds_too_little(header: Dataset, pixels: PixelElement) -> bool:
    """Return whether the header promises more pixels than the element holds."""
    if pixels.length is None:
        return pixels.fragments < int(header.get("NumberOfFrames") or 1)
    return pixels.length < expected_bytes(header)
