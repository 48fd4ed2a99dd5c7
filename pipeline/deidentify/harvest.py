"""Everything in the source archive that could name a patient, as the audit looks for it.

Shares no code with the cleaner: the audit must not inherit its blind spots.

A value whose words are all ordinary is not looked for, since finding it would prove nothing: a
study description `THYROID` is also a term of the standard. Ordinary are the words of DICOM's own
attribute names and of what this project itself writes. Of a person's name the single parts are
looked for unless ordinary, and the whole name always.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import permutations
from pathlib import Path
from typing import Any

from pydicom import config, dcmread
from pydicom._dicom_dict import DicomDictionary
from pydicom._uid_dict import UID_dictionary
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from pipeline.deidentify.search import Phrase, words
from pipeline.deidentify.tables import FRAMES, MAKERS, METHOD, REJECTED, TERMS
from pipeline.ingest.tables import INSTANCES, QUARANTINE, REASONS

# pydicom's warnings would print the values.
config.settings.reading_validation_mode = config.IGNORE

# Attributes whose values are words of the standard or of a machine's maker.
NOT_IDENTIFYING = {
    "Manufacturer",
    "ManufacturerModelName",
    "SOPClassUID",
    "ReferencedSOPClassUID",
    "CodingSchemeDesignator",
    "CodeMeaning",
    "CodeValue",
}
TEXT = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "UI", "DA", "DT", "UN"}
DATE = re.compile(r"([12][0-9]{3})([0-9]{2})([0-9]{2})")
# What an attribute of unknown kind holds between its unprintable bytes.
READABLE = re.compile(r"[^\x00-\x1f\x7f\ufffd]+")
DECODERS = "native imagecodecs rle libjpeg-turbo charls openjpeg libjxl opencv ffmpeg"


def phrases_of_file(path: Path) -> set[Phrase]:
    """Return what identifies somebody in one source file, nested and private elements too."""
    if not path.is_file():
        return set()
    try:
        header = dcmread(path, stop_before_pixels=True, force=True)
    except Exception:
        return set()
    meta = getattr(header, "file_meta", Dataset())
    return {phrase for dataset in (header, meta) for phrase in _phrases(dataset)}


def _phrases(dataset: Dataset) -> Iterator[Phrase]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from _phrases(item)
        elif element.VR in TEXT and element.keyword not in NOT_IDENTIFYING:
            for text in _texts(element.value):
                yield from phrases_of_name(text) if element.VR == "PN" else phrases_of_value(text)


def _texts(value: Any) -> list[str]:
    if isinstance(value, bytes):
        return READABLE.findall(value.decode("utf-8", "replace"))
    if isinstance(value, MultiValue | list):
        return [text for one in value for text in _texts(one)]
    return [] if value is None else [str(value)]


def phrases_of_value(text: str) -> Iterator[Phrase]:
    """Yield the forms in which a value may have been written elsewhere; dates in usual orders."""
    if text in UID_dictionary:
        return
    phrase = words(text)
    if not ordinary().issuperset(phrase):
        yield phrase
        yield ("".join(phrase),)
    if date := DATE.match(text):
        year, month, day = date.groups()
        for order in ((year, month, day), (day, month, year), (month, day, year)):
            yield order
            yield ("".join(order),)
            yield tuple(part.lstrip("0") for part in order)
    if "^" in text:  # a name in an attribute of another kind
        yield from phrases_of_name(text)


def phrases_of_name(text: str) -> Iterator[Phrase]:
    """Yield a person's name in every order of its first parts, joined, and part by part."""
    for group in text.split("="):
        parts = [words(part) for part in group.split("^") if words(part)]
        orders = [*permutations(parts[:3]), *permutations(parts[:2])] if len(parts) > 1 else []
        for order in orders:
            phrase = sum(order, ())
            yield phrase
            yield ("".join(phrase),)
        yield from _not_ordinary(parts)


def phrases_of_path(relative: bytes) -> Iterator[Phrase]:
    """Yield what a file's path may give away: its folders' and its own name, and their words."""
    for name in relative.decode("utf-8", "replace").split("/"):
        phrase = words(name.rsplit(".", 1)[0])
        yield from _not_ordinary([phrase, *((word,) for word in phrase)])


def _not_ordinary(phrases: Iterable[Phrase]) -> Iterator[Phrase]:
    return (phrase for phrase in phrases if not ordinary().issuperset(phrase))


@cache
def ordinary() -> frozenset[str]:
    """Return the words of DICOM's attribute names and of this project's own artifacts."""
    own = [METHOD, DECODERS, *MAKERS, *TERMS, *REASONS, *REASONS.values()]
    for schema in (FRAMES, REJECTED, INSTANCES, QUARANTINE):
        own += [text for field in schema for text in (field.name, *_descriptions(field))]
    standard = [entry[2] for entry in DicomDictionary.values()]
    return frozenset(word for text in own + standard for word in words(text) if word.isalpha())


def _descriptions(field: Any) -> list[str]:
    return [text.decode() for text in (field.metadata or {}).values()]
