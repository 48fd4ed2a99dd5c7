"""Data elements as bytes in one encoding: explicit VR, little endian, UTF-8.

Most elements of a header leave or are dropped without anybody needing their value as an object, so
the cleaner works on raw elements and parses only what must be changed.
"""

from collections.abc import Sequence
from functools import lru_cache

from pydicom.charset import convert_encodings, decode_bytes
from pydicom.datadict import dictionary_has_tag, dictionary_VM, dictionary_VR
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import correct_ambiguous_vr_element, write_data_element
from pydicom.tag import BaseTag, Tag
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32

# The same character set as DICOM and as Python name it.
UTF8 = "ISO_IR 192"
PYTHON_UTF8 = convert_encodings(UTF8)
ESCAPE = 0x1B  # switches the character set within a value (ISO 2022)
SIZES = {"US": 2, "SS": 2, "OW": 2, "UL": 4, "SL": 4, "FL": 4, "OF": 4, "OL": 4, "AT": 2,
         "FD": 8, "OD": 8, "UV": 8, "SV": 8, "OV": 8}  # fmt: skip
TEXT_DELIMITERS = {0x0A, 0x0C, 0x0D}
CHARACTER_SET, PIXEL_REPRESENTATION = Tag(0x00080005), Tag(0x00280103)
# More tags than any archive has, yet not as many as broken files can make up.
MANY = 1 << 16


@lru_cache(maxsize=MANY)
def vr_in_dictionary(tag: int) -> str:
    """Return the VR, or VRs with `or`, that the standard gives a tag; empty when unknown."""
    return dictionary_VR(tag) if dictionary_has_tag(tag) else ""


@lru_cache(maxsize=MANY)
def most_values(tag: int) -> int:
    """Return how many values the standard allows at most for a tag; 0 when there is no limit."""
    last = dictionary_VM(tag).split("-")[-1].split(" or ")[-1]
    return int(last) if last.isdigit() else 0


def new_dataset(content: dict[BaseTag, DataElement | RawDataElement]) -> Dataset:
    """Return a data set that pydicom will write without parsing what `make` returned."""
    dataset = Dataset(content, parent_encoding=PYTHON_UTF8)
    dataset.set_original_encoding(False, True, PYTHON_UTF8)
    return dataset


def make(tag: int, vr: str, value: bytes) -> RawDataElement:
    """Return an element in explicit VR little endian, padded to an even length."""
    if len(value) % 2:
        value += b"\0" if vr in ("UI", "OB", "UN") else b" "
    return RawDataElement(BaseTag(tag), vr, len(value), value, 0, False, True)


def as_raw(element: DataElement | RawDataElement, owner: Dataset) -> RawDataElement:
    """Return an element as bytes, as the file holds it where it was never parsed.

    Raises what pydicom raises when the value does not fit the VR.
    """
    if isinstance(element, RawDataElement):
        if element.value is None and element.length:
            raise ValueError("the value was left in the file")
        # pydicom has None for an empty number.
        return element if element.value is not None else element._replace(value=b"")
    if " or " in element.VR:
        element = correct_ambiguous_vr_element(
            DataElement(element.tag, element.VR, element.value), owner, True
        )
    buffer = DicomBytesIO()
    buffer.is_little_endian, buffer.is_implicit_VR = True, False
    write_data_element(buffer, element, UTF8)
    header = 12 if element.VR in EXPLICIT_VR_LENGTH_32 else 8
    return make(element.tag, str(element.VR), buffer.getvalue()[header:])


def one_vr(vr: str, owner: Dataset) -> str:
    """Return the one VR that is meant where the standard leaves the choice to the data set."""
    if " or " not in vr:
        return vr
    if "OW" in vr:
        return "OW"
    representation = owner.get(PIXEL_REPRESENTATION)
    return "SS" if representation is not None and representation.value == 1 else "US"


def little_endian(element: RawDataElement, vr: str) -> bytes:
    """Return the bytes of a binary value in little endian order."""
    value, size = bytes(element.value or b""), SIZES.get(vr, 1)
    if element.is_little_endian or size == 1:
        return value
    swapped = bytearray(len(value))
    for offset in range(size):
        swapped[offset::size] = value[size - 1 - offset :: size]
    return bytes(swapped)


def ascii_text(element: RawDataElement) -> str:
    """Return a value of a VR that knows only ASCII, without padding. Raises UnicodeDecodeError."""
    return bytes(element.value or b"").decode("ascii").rstrip("\0 ")


def text(element: RawDataElement, encodings: Sequence[str]) -> str:
    """Return a text value, decoded by the character sets of its data set, without padding."""
    value = bytes(element.value or b"")
    if value.isascii() and ESCAPE not in value:
        return value.decode("ascii").rstrip("\0 ")
    return decode_bytes(value, encodings, TEXT_DELIMITERS).rstrip("\0 ")


def encodings_of(owner: Dataset, inherited: Sequence[str]) -> Sequence[str]:
    """Return Python's names of the character sets of a data set (PS3.5 6.1.2.3)."""
    if CHARACTER_SET not in owner.keys():  # noqa: SIM118 - a data set makes much of a tag
        return inherited
    try:
        stated = owner[CHARACTER_SET].value
        return convert_encodings(stated) if stated else inherited
    except Exception:  # a text that then cannot be decoded is removed
        return inherited
