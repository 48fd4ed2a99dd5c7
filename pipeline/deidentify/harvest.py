"""Everything in the source archive that could name a patient, as the audit looks for it.

Shares no code with the cleaner: the audit must not inherit its blind spots.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydicom import dcmread
from pydicom._dicom_dict import DicomDictionary
from pydicom.dataset import Dataset

# Shorter values occur by chance in any text.
SHORTEST = 5
# Attributes whose values are ordinary words of the standard or of a machine's maker.
NOT_IDENTIFYING = {
    "Manufacturer",
    "ManufacturerModelName",
    "SOPClassUID",
    "ReferencedSOPClassUID",
    "Modality",
    "SpecificCharacterSet",
    "CodingSchemeDesignator",
    "CodeMeaning",
    "CodeValue",
    "PhotometricInterpretation",
    "ImageType",
    "PatientSex",
    "ConversionType",
    "LossyImageCompressionMethod",
}
TEXT = {"PN", "LO", "SH", "ST", "LT", "UT", "UC", "UR", "AE", "UI", "DA", "DT", "UN"}
# Words that the standard or this project itself writes into every file.
ORDINARY = {"anonymized", "unknown", "removed", "ultrasound", "simulated", "general", "image"}
STANDARD_UID = "1.2.840.10008."


def identifying_values(path: Path) -> Iterator[str]:
    """Yield the identifying values of one source file, nested and private ones too."""
    try:
        header = dcmread(path, stop_before_pixels=True, force=True)
    except Exception:
        return
    yield from _values(header)
    yield from _values(getattr(header, "file_meta", Dataset()))


def _values(dataset: Dataset) -> Iterator[str]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from _values(item)
        elif element.VR in TEXT and element.keyword not in NOT_IDENTIFYING:
            yield from _texts(element.value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, bytes):
        yield from re.findall(r"[ -~]{5,}", value.decode("latin-1"))
    elif isinstance(value, str) or not hasattr(value, "__iter__"):
        yield str(value or "")
    else:
        for one in value:
            yield from _texts(one)


def spellings(value: str) -> set[str]:
    """Return the forms in which one value may have been written elsewhere.

    Names: each component, joined both ways round. Dates: the usual orders and marks.
    """
    value = value.strip()
    if value.lower() in ORDINARY or value.startswith(STANDARD_UID):
        return set()
    forms = {value}
    if "^" in value:
        parts = [part for part in re.split(r"[\^= ]+", value) if part]
        forms |= {*parts, " ".join(parts), " ".join(parts[::-1]), ", ".join(parts)}
    if re.fullmatch(r"[12][0-9]{7}", value):
        year, month, day = value[:4], value[4:6], value[6:]
        for mark in "-./":
            forms |= {mark.join((year, month, day)), mark.join((day, month, year))}
            forms |= {mark.join((month, day, year))}
    return {form for form in forms if len(form) >= SHORTEST and form.lower() not in ORDINARY}


@cache
def dictionary() -> frozenset[str]:
    """Return the words of DICOM's own attribute names, which a file name may hold by chance."""
    return frozenset(
        word for entry in DicomDictionary.values() for word in entry[2].lower().split()
    )


def path_parts(relative: bytes) -> set[str]:
    """Return what a file's path may give away: its folders' and its own name, and their words."""
    found: set[str] = set()
    for name in relative.decode("utf-8", "surrogateescape").split("/"):
        stem = name.rsplit(".", 1)[0]
        found |= {stem, *re.split(r"[\^_,. -]+", stem)}
    return {part for part in found if len(part) >= SHORTEST and part.lower() not in dictionary()}
