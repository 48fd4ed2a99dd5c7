"""A de-identified header as DICOM JSON (PS3.18 annex F), for those who read frames and no DICOM."""

import math
from collections import Counter
from typing import Any

from pydicom.dataset import Dataset

from pipeline.deidentify.profile.dataset import clean_dataset
from pipeline.deidentify.profile.options import BASIC
from pipeline.io.hashing import canonical_json


def header_json(header: Dataset, key: bytes, patient: str) -> str:
    """Return what the profile leaves of a header without any option.

    Binary values stay away, as they are palettes, which the images have used; so do numbers that
    JSON cannot write.
    """
    cleaned = clean_dataset(header, key, patient, BASIC, Counter())
    return canonical_json(_plain(cleaned.to_json_dict()))


def _plain(elements: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for tag, element in elements.items():
        values = element.get("Value", [])
        if "InlineBinary" in element or any(_is_no_number(value) for value in values):
            continue
        items = {"Value": [_plain(item) for item in values]} if element["vr"] == "SQ" else {}
        kept[tag] = element | items
    return kept


def _is_no_number(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)
