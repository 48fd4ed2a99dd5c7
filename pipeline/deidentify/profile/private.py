"""Private attributes: removed, but for those that the standard lists as safe (PS3.15 E.3.10)."""

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from pipeline.deidentify.profile.elements import as_raw, ascii_text, make
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.rules import BINARY, KEPT, TEMPORAL, TEXT, Rule, Treatment
from pipeline.deidentify.profile.safe_private import safe_vr

REMOVED = Rule(Treatment.REMOVE, "X", "X", "")
FIRST_PRIVATE = 0x1000  # below are the names that reserve blocks of elements (PS3.5 7.8.1)


def private_rule(tag: int, stated_vr: str | None, source: Dataset, options: ProfileOptions) -> Rule:
    """Return the rule for an attribute of an odd group of `source`."""
    if not options.retain_safe_private or tag & 0xFFFF < FIRST_PRIVATE:
        return REMOVED
    listed = safe_vr(_creator(source, tag), tag)
    if listed is None:
        return REMOVED
    vr = stated_vr if stated_vr not in (None, "UN") else listed
    if not vr or vr not in (listed or BINARY):
        return REMOVED
    action = "K" if options.longitudinal == "full" else "C"
    return Rule(_treatment(vr, options), action, "X", vr)


def creator_of(tag: int, source: Dataset) -> RawDataElement:
    """Return the element whose name reserved the block of a private attribute of `source`."""
    return make(int(_creator_tag(tag)), "LO", _creator(source, tag).encode("ascii"))


def _creator_tag(tag: int) -> BaseTag:
    return BaseTag(tag >> 16 << 16 | (tag & 0xFFFF) >> 8)


def _creator(source: Dataset, tag: int) -> str:
    """Return the name that reserved a block; empty when there is none."""
    place = _creator_tag(tag)
    if place not in source:
        return ""
    try:
        return ascii_text(as_raw(source.get_item(place), source)).strip()
    except Exception:  # no name of the standard's list
        return ""


def _treatment(vr: str, options: ProfileOptions) -> Treatment:
    if vr in TEMPORAL and options.longitudinal == "removed":
        return Treatment.REMOVE
    if vr == "UI" and not options.retain_uids:
        return Treatment.REPLACE_UID
    # The list trusts machines not to write names into these texts; a plain look costs nothing.
    # Bytes cannot be looked at.
    return Treatment.PLAIN_NAME if vr in TEXT else KEPT.get(vr, Treatment.REMOVE)
