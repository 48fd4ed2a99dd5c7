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
    for tag in sorted(dataset.keys()):
        if tag.element == 0 and tag.group > 6:  # a group's length, which is retired
            continue
        element = dataset.get_item(tag)
        if element.VR == "SQ" and not element.is_raw and not element.is_undefined_length:
            yield from _sequence(element, encodings)
        elif element.is_raw and _is_plain(cast(RawDataElement, element)):
            yield from _plain(cast(RawDataElement, element))
        else:
            buffer = _buffer()
            write_data_element(buffer, element, encodings)
            yield buffer.getvalue()


def _is_plain(element: RawDataElement) -> bool:
    """Return whether a value is bytes that are to be copied and counted."""
    value = element.value
    short = element.VR in LONG_VRS or (value is not None and len(value) <= LONGEST_SHORT)
    return (
        value is not None and element.length != UNDEFINED and short and len(element.VR or "") == 2
    )


def _plain(element: RawDataElement) -> Iterator[bytes]:
    value, vr = cast(bytes, element.value), cast(str, element.VR)
    layout = "<HH2s2xL" if vr in LONG_VRS else "<HH2sH"
    tag = element.tag
    yield struct.pack(layout, tag >> 16, tag & 0xFFFF, vr.encode("ascii"), len(value))
    yield value


def _sequence(element: DataElement, encodings: str | list[str]) -> Iterator[bytes]:
    parts: list[bytes] = []
    for item in element.value or ():
        content = encode_dataset(item, encodings)
        parts += [struct.pack("<HHL", 0xFFFE, 0xE000, len(content)), content]
    tag = element.tag
    yield struct.pack("<HH2s2xL", tag >> 16, tag & 0xFFFF, b"SQ", sum(map(len, parts)))
    yield from parts
