"""Values that stand for one that may not leave: valid for the VR, the same for everybody."""

from collections.abc import Sequence
from functools import lru_cache

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from pipeline.deidentify.profile.elements import MANY, SIZES, make, vr_in_dictionary
from pipeline.deidentify.profile.tree import Cleaned, Items
from pipeline.deidentify.profile.words import TEXTS, WORD


@lru_cache(maxsize=MANY)
def dummy(tag: int, vr: str) -> RawDataElement:
    """Return an element with the dummy value of a VR other than SQ and UI (action D)."""
    value = bytes(SIZES[vr] * (2 if vr == "AT" else 1)) if vr in SIZES else TEXTS.get(vr, WORD)
    return make(tag, vr, value)


def dummy_item(source: Dataset | None) -> Cleaned:
    """Return an item with dummies for the standard's plain attributes that `source` has.

    Sequences, UIDs and private attributes within it are dropped.
    """
    item: Cleaned = {}
    for tag in source.keys() if source is not None else ():
        vr = vr_in_dictionary(tag).split(" or ")[0]
        if tag.group > 0x0008 or tag.element > 0x0005:
            if not vr or vr in ("SQ", "UI") or tag.is_private:
                continue
            item[int(tag)] = dummy(int(tag), vr)
    return item


def dummy_sequence(source: Sequence[Dataset]) -> Items:
    """Return a sequence with one item of dummies."""
    return Items([dummy_item(source[0] if source else None)])
