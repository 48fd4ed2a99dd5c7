"""A de-identified copy of a header: the Basic Profile first, then an allow-list.

The table of PS3.15 is a minimum that lists most, not all, attributes that can hold text. So what
the table does not list leaves only when its kind of value cannot name anybody: numbers, coded
strings, structural UIDs. Free text, names, dates and unknown attributes never leave.
"""

import re
from collections.abc import Callable

from pydicom.datadict import dictionary_has_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from pipeline.deidentify.profile import action_of
from pipeline.io.keys import new_uid

NUMBERS = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD", "AT"})
# Strings whose form the standard fixes (PS3.5 6.2); what does not fit the form is dropped.
FORMS = {
    "CS": re.compile(r"[A-Z0-9_ ]{0,16}"),
    "IS": re.compile(r"[+-]?[0-9]{1,12}"),
    "DS": re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?"),
}
# UIDs that say what kind of thing this is, the same in every file of the world (PS3.15 E.3.9).
STRUCTURAL = "1.2.840.10008."
DEEPEST = 64
METHOD = "Insonate: PS3.15 Basic Profile, edition 2026d, and allow-list"


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
        if not dictionary_has_tag(tag) or tag.group in (0x0002, 0x7FE0):
            continue
        action = action_of(int(tag))
        if action is not None and "X" in action:
            continue
        try:
            element = source[tag]
        except Exception:
            continue
        kept = _kept(element, action, remap, depth)
        if kept is not None:
            target.add(kept)
    return target


def _kept(
    element: DataElement, action: str | None, remap: Callable[[str], str], depth: int
) -> DataElement | None:
    """Return the element that leaves, or None. `action` is without any X."""
    if element.VR == "SQ":
        if depth >= DEEPEST:
            return None
        items = [_clean(item, remap, depth + 1) for item in element.value]
        return DataElement(element.tag, "SQ", Sequence(items))
    if element.VR == "UI":
        return _uid(element, remap)
    if action is not None:  # D, Z, Z/D: the attribute stays, its value does not
        return DataElement(element.tag, element.VR, None)
    return element if _harmless(element) else None


def _uid(element: DataElement, remap: Callable[[str], str]) -> DataElement:
    values = [element.value] if isinstance(element.value, str) else list(element.value or [])
    new = [uid if uid.startswith(STRUCTURAL) else UID(remap(uid)) for uid in map(str, values)]
    return DataElement(element.tag, "UI", new[0] if len(new) == 1 else new)


def _harmless(element: DataElement) -> bool:
    if element.VR in NUMBERS:
        return True
    form = FORMS.get(element.VR)
    if form is None:
        return False
    value = element.value
    values = value if not isinstance(value, str) and hasattr(value, "__iter__") else [value]
    return all(form.fullmatch(str(one).strip()) for one in values if one not in (None, ""))
