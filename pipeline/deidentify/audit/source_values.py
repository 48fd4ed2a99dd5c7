"""The values of a source that may name somebody, read one by one from its dataset."""

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from pydicom import config, dcmread
from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_deferred_data_element
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag, Tag

from pipeline.deidentify.audit.lawful import CONTROL, is_lawful
from pipeline.deidentify.audit.printable import names_in, readable_texts

# pydicom's warnings would print the values.
config.settings.reading_validation_mode = config.IGNORE

# Attributes whose values are words of the standard or of a machine's maker.
NOT_IDENTIFYING = frozenset(
    {
        "Manufacturer",
        "ManufacturerModelName",
        "SOPClassUID",
        "ReferencedSOPClassUID",
        "MediaStorageSOPClassUID",
        "DeidentificationMethod",  # PS3.15 E.1.1: earlier methods stay
        "CodingSchemeDesignator",
    }
)
CODES = {"CodeMeaning", "CodeValue", "LongCodeValue"}
TEXT = {"LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "UI"}
# The kind of a text that was found among bytes.
BYTES = "bytes"
BINARY = {"UN", "OB", "OW", "OD", "OF", "OL", "OV"}
# Palettes and pixels: their bytes are grey levels, and some stay.
IMAGE_GROUPS = {0x0028, 0x7FE0}
# A value above this many bytes is left in the file until it is asked for.
DEFERRED = 1 << 16


class Value(NamedTuple):
    """A text of a source: the tag of its attribute, its VR or `bytes` or `code`, and itself.

    `lawful` is whether it is written as its VR prescribes; a text among bytes never is.
    """

    tag: BaseTag
    kind: str
    text: str
    lawful: bool = True


def read_whole(handle: BinaryIO, stop_before_pixels: bool = False) -> Dataset | None:
    """Return a file's dataset, what follows the pixels too, or None if it is no instance."""
    try:
        handle.seek(0)
        dataset = dcmread(
            handle, force=True, defer_size=DEFERRED, stop_before_pixels=stop_before_pixels
        )
        return dataset if "SOPInstanceUID" in dataset else None
    except Exception:
        return None


def values_of(dataset: Dataset, retained: frozenset[int]) -> Iterator[Value]:
    """Yield every value that may identify somebody, nested and private too."""
    for tag in list(dataset.keys()):
        if tag in retained or tag.group in IMAGE_GROUPS:
            continue
        try:
            element = dataset[tag]
        except Exception:
            yield from _of_bytes(tag, _bytes_of(dataset, tag), _is_known(tag, dataset))
            continue
        if element.keyword in NOT_IDENTIFYING:
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from values_of(item, retained)
        elif element.VR in BINARY or isinstance(element.value, bytes):
            yield from _of_bytes(tag, element.value or b"", _is_known(tag, dataset))
        elif element.VR == "PN" or element.VR in TEXT or element.VR in {"DA", "DT"}:
            kind = "code" if element.keyword in CODES else element.VR
            texts = [text.strip("\0 ") for text in _texts(element.value)]
            lawful = _is_defined(tag, dataset) and is_lawful(element.VR, texts)
            for text in texts:
                yield from _of_text(tag, kind, text, lawful)


def unchanged_texts(dataset: Dataset, tags: frozenset[int]) -> Iterator[str]:
    """Yield the texts of some attributes, at any depth; of a sequence those of all its items."""
    for tag in list(dataset.keys()) if tags else ():
        try:
            element = dataset[tag]
        except Exception:
            continue
        if element.VR == "SQ":
            for item in element.value:
                below = frozenset(item.keys()) | tags if tag in tags else tags
                yield from unchanged_texts(item, below)
        elif tag in tags and element.VR in TEXT:
            yield from (text.strip("\0 ") for text in _texts(element.value))


def _is_defined(tag: BaseTag, dataset: Dataset) -> bool:
    return _is_known(tag, dataset) or tag.is_private_creator or dictionary_has_tag(tag)


def _is_known(tag: BaseTag, dataset: Dataset) -> bool:
    """Tell whether an attribute is one of the standard, or of a private block with its creator.

    Others are what a damaged length makes of pixels, or nobody's.
    """
    if tag.is_private:
        return Tag(tag.group, tag.element >> 8) in dataset
    return tag.group > 0x0002 and dictionary_has_tag(tag)


def _of_text(tag: BaseTag, kind: str, text: str, lawful: bool) -> Iterator[Value]:
    """Yield a text; of one that a damaged length made of other bytes the beginning, and names."""
    beginning, *others = CONTROL.split(text)
    yield Value(tag, kind, beginning, lawful)
    for other in others:
        yield from (Value(tag, BYTES, name, False) for name in names_in(other))


def _of_bytes(tag: BaseTag, content: bytes, known: bool) -> Iterator[Value]:
    """Yield the texts among bytes, of an unknown attribute only what is written like a name."""
    for text in readable_texts(content):
        for part in (text,) if known else names_in(text):
            yield Value(tag, BYTES, part, False)


def _bytes_of(dataset: Dataset, tag: BaseTag) -> bytes:
    """Return the bytes of an element that cannot be converted, also where they are in the file."""
    raw = dataset.get_item(tag, keep_deferred=True)
    if not isinstance(raw, RawDataElement):
        return b""
    if raw.value is None and raw.length:
        file = dataset.buffer or dataset.filename
        raw = read_deferred_data_element(dataset.fileobj_type, file, dataset.timestamp, raw)
    return raw.value or b""


def _texts(value: Any) -> list[str]:
    if isinstance(value, MultiValue | list):
        return [text for one in value for text in _texts(one)]
    return [] if value is None else [str(value)]
