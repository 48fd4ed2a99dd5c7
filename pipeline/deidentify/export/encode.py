"""Data sets to bytes in explicit VR little endian (PS3.5 7.1.2).

pydicom's writer makes a buffer for each element; most of a cleaned data set is bytes already, and
these are joined here. What is not is left to pydicom, and the result is the same.
"""

import struct
from collections.abc import Iterator
from typing import cast

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element, write_dataset
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

LONGEST_SHORT = 0xFFFF
UNDEFINED = 0xFFFFFFFF
LONG_VRS = frozenset(str(vr) for vr in EXPLICIT_VR_LENGTH_32)
SHORT_HEAD, LONG_HEAD = struct.Struct("<HH2sH"), struct.Struct("<HH2s2xL")


def encode_dataset(dataset: Dataset, inherited: str | list[str]) -> bytes:
    """Return a data set as `pydicom.filewriter.write_dataset` writes it.

    `inherited` are the Python names of the character sets of the data set that holds it.
    """
    if dataset.original_encoding != (False, True) or _reads_otherwise(dataset):
        buffer = _buffer()
        write_dataset(buffer, dataset, inherited)
        return buffer.getvalue()
    encodings = dataset.get("SpecificCharacterSet", inherited)
    return b"".join(_elements(dataset, encodings))


def _reads_otherwise(dataset: Dataset) -> bool:
    """Return whether text in the data set is in another character set than it will state."""
    return bool(dataset.original_character_set != dataset._character_set)


def _buffer() -> DicomBytesIO:
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    return buffer


def _elements(dataset: Dataset, encodings: str | list[str]) -> Iterator[bytes]:
    # By plain numbers: comparing pydicom's tags takes longer than encoding their elements.
    for tag, element in sorted(dataset.items(), key=lambda item: int(item[0])):
        if tag & 0xFFFF == 0 and tag >> 16 > 6:  # a group's length, which is retired
            continue
        yield encode_element(element, encodings)


def encode_element(element: DataElement | RawDataElement, encodings: str | list[str]) -> bytes:
    """Return one element as pydicom writes it; `encodings` are those of its data set."""
    if isinstance(element, RawDataElement) and _is_plain(element):
        return encode_bytes(int(element.tag), cast(str, element.VR), cast(bytes, element.value))
    buffer = _buffer()
    write_data_element(buffer, element, encodings)
    return buffer.getvalue()


def _is_plain(element: RawDataElement) -> bool:
    """Return whether a value is bytes that are to be copied and counted."""
    value, vr = element.value, element.VR
    if value is None or element.length == UNDEFINED or vr is None or len(vr) != 2:
        return False
    return len(value) <= LONGEST_SHORT or vr in LONG_VRS


def encode_bytes(tag: int, vr: str, value: bytes) -> bytes:
    """Return an element whose value is encoded already, and no longer than its VR allows."""
    head = LONG_HEAD if vr in LONG_VRS else SHORT_HEAD
    return head.pack(tag >> 16, tag & 0xFFFF, vr.encode("ascii"), len(value)) + value
