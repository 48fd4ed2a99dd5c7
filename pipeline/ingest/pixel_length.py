"""Does a file really hold the pixel bytes that its header promises?

pydicom opens a truncated file as a smaller data set, without an error, so the pixel data element
is measured here: its length against the file's size, and for compressed images the chain of
fragments up to the sequence delimiter (PS3.5 A.4).
"""

import struct
from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

PIXEL_DATA = (0x7FE0, 0x0010)
ITEM, DELIMITER = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
UNDEFINED = 0xFFFFFFFF
# Half the chroma samples are not stored (PS3.3 C.7.6.3.1.2).
STORED_SAMPLES = {"YBR_FULL_422": 2, "YBR_PARTIAL_422": 2}


def _tag(handle: BinaryIO, order: str) -> tuple[int, int] | None:
    content = handle.read(4)
    if len(content) < 4:
        return None
    group, element = struct.unpack(f"{order}HH", content)
    return group, element


def _length(handle: BinaryIO, order: str) -> int:
    content = handle.read(4)
    return int.from_bytes(content, "big" if order == ">" else "little")


def expected_bytes(header: Dataset) -> int:
    """Return the size of uncompressed pixel data that the header describes."""
    samples = STORED_SAMPLES.get(header.PhotometricInterpretation, header.SamplesPerPixel)
    frames = int(header.get("NumberOfFrames") or 1)
    return header.Rows * header.Columns * samples * frames * header.BitsAllocated // 8


def _fragments(handle: BinaryIO, size: int) -> int | None:
    """Count the fragments after the offset table; None when the chain breaks off."""
    count = -1  # the first item is the basic offset table
    while True:
        tag = _tag(handle, "<")
        length = _length(handle, "<")
        if tag == DELIMITER:
            return count
        if tag != ITEM or handle.tell() + length > size:
            return None
        handle.seek(length, 1)
        count += 1


def pixel_fault(handle: BinaryIO, header: Dataset, syntax: UID, size: int) -> str | None:
    """Say what is wrong with the pixel data, or None.

    `handle` stands where reading stopped before the pixels. Returns a reason code: `no_pixels`,
    `truncated` or `wrong_length`. A deflated file is one stream, checked where it is inflated.
    """
    if syntax == DeflatedExplicitVRLittleEndian:
        return None if "PixelData" in header else "no_pixels"
    order = ">" if syntax == ExplicitVRBigEndian else "<"
    tag = _tag(handle, order)
    if tag != PIXEL_DATA:
        return "no_pixels"
    if not syntax.is_implicit_VR:
        handle.seek(4, 1)  # VR and two reserved bytes
    length = _length(handle, order)
    frames = int(header.get("NumberOfFrames") or 1)
    if length == UNDEFINED:
        fragments = _fragments(handle, size)
        return "truncated" if fragments is None or fragments < frames else None
    if handle.tell() + length > size:
        return "truncated"
    return None if length >= expected_bytes(header) else "wrong_length"
