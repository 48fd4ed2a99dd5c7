"""A de-identified copy of a header: the Basic Profile first, then an allow-list.

The table of PS3.15 is a minimum that lists most, not all, attributes that can hold text. So what
the table does not list leaves only when its value cannot name anybody: small numbers, terms that
the standard defines, structural UIDs. Free text, names, dates and unknown attributes never leave.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from pydicom._uid_dict import UID_dictionary
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from pipeline.deidentify.profile import action_of
from pipeline.deidentify.tables import METHOD, TERMS
from pipeline.io.keys import new_uid

NUMBERS = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "IS", "DS"})
# A whole number with more digits may be a date, or somebody's.
LARGEST_WHOLE = 999_999
# The counter that makes up the fourth value of an ultrasound image type (PS3.3 C.8.5.6.1.1).
COUNTER = re.compile(r"[0-9]{0,4}")
# Command, file meta and directory elements are no part of an image; pixels leave as images.
LOWEST_GROUP, PIXEL_GROUP = 0x0008, 0x7FE0
CHARACTER_SET = 0x00080005  # of the source; JSON is UTF-8
DEEPEST = 64


def clean_header(header: Dataset, key: bytes, patient: str) -> Dataset:
    """Return what may leave of a header, with the statements that PS3.15 E.1.1 asks for.

    Recurses into every sequence; one that nests deeper than 64 is dropped whole. Pixel data,
    overlays, curves and file meta information never come along.
    """
    cleaned = _clean(header, lambda uid: new_uid(key, uid), 0)
    cleaned.PatientName = patient
    cleaned.PatientID = patient
    cleaned.PatientIdentityRemoved = "YES"
    cleaned.DeidentificationMethod = METHOD
    cleaned.LongitudinalTemporalInformationModified = "REMOVED"
    return cleaned


def _clean(source: Dataset, remap: Callable[[str], str], depth: int) -> Dataset:
    target = Dataset()
    for tag in sorted(source.keys()):
        if not LOWEST_GROUP <= tag.group < PIXEL_GROUP or tag == CHARACTER_SET:
            continue
        action = action_of(int(tag))
        if not dictionary_has_tag(tag) or (action is not None and "X" in action):
            continue
        try:
            kept = _kept(source[tag], action, remap, depth)
        except Exception:  # a value that cannot be read cannot be judged
            continue
        if kept is not None:
            target.add(kept)
    return target


def _kept(
    element: DataElement, action: str | None, remap: Callable[[str], str], depth: int
) -> DataElement | None:
    """Return the element that leaves, or None. `action` is without any X."""
    if element.VR not in dictionary_VR(element.tag):
        return None  # the file calls it something else than the standard does
    if element.VR == "UI":
        return _uid(element, remap)
    if action is not None:  # D, Z, Z/D: the attribute stays, its value does not
        return DataElement(element.tag, element.VR, Sequence() if element.VR == "SQ" else None)
    if element.VR == "SQ":
        if depth >= DEEPEST:
            return None
        items = [_clean(item, remap, depth + 1) for item in element.value]
        return DataElement(element.tag, "SQ", Sequence(items))
    return element if all(_harmless(element.VR, value) for value in _values(element)) else None


def _values(element: DataElement) -> list[Any]:
    value = element.value
    if value is None:
        return []
    whole = isinstance(value, str | bytes) or not hasattr(value, "__iter__")
    return [value] if whole else list(value)


def _uid(element: DataElement, remap: Callable[[str], str]) -> DataElement:
    """Replace instance UIDs; structural ones are the same in all files (PS3.15 E.3.9)."""
    uids = [str(value) for value in _values(element)]
    new = [uid if uid in UID_dictionary or not uid else UID(remap(uid)) for uid in uids]
    return DataElement(element.tag, "UI", new[0] if len(new) == 1 else new)


def _harmless(vr: str, value: Any) -> bool:
    if isinstance(value, bytes):
        return False  # undecoded: no kind of value that may leave is stored so
    if value == "":
        return True
    if vr in NUMBERS:
        number = float(value)
        return math.isfinite(number) and (abs(number) <= LARGEST_WHOLE or not number.is_integer())
    if vr == "AT":
        return dictionary_has_tag(value)
    return vr == "CS" and (value in TERMS or COUNTER.fullmatch(value) is not None)
