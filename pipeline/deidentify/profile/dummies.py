"""Values that stand for one that may not leave: valid for the VR, the same for everybody."""

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.profile.elements import SIZES, make, new_dataset, vr_in_dictionary

WORD = b"ANONYMIZED"
TEXTS = {
    "DA": b"19000101",
    "TM": b"000000",
    "DT": b"19000101000000",
    "AS": b"000Y",
    "DS": b"0",
    "IS": b"0",
    "UR": b"urn:anonymized",
    "OB": b"\0\0",
    "UN": b"\0\0",
}
# What this module may write, as text.
WORDS = frozenset(value.decode() for value in (WORD, *TEXTS.values()) if value.strip(b"\0"))


def dummy(tag: int, vr: str) -> RawDataElement:
    """Return an element with the dummy value of a VR other than SQ and UI (action D)."""
    value = bytes(SIZES[vr] * (2 if vr == "AT" else 1)) if vr in SIZES else TEXTS.get(vr, WORD)
    return make(tag, vr, value)


def dummy_item(source: Dataset | None) -> Dataset:
    """Return an item with dummies for the standard's plain attributes that `source` has.

    Sequences, UIDs and private attributes within it are dropped.
    """
    item = new_dataset()
    for tag in source.keys() if source is not None else ():
        vr = vr_in_dictionary(tag).split(" or ")[0]
        if tag.group > 0x0008 or tag.element > 0x0005:
            if not vr or vr in ("SQ", "UI") or tag.is_private:
                continue
            item[tag] = dummy(tag, vr)
    return item


def dummy_sequence(tag: int, source: Sequence | None) -> DataElement:
    """Return a sequence with one item of dummies."""
    first = source[0] if source else None
    return DataElement(tag, "SQ", Sequence([dummy_item(first)]))
