"""What is done to an attribute under a study's options: the profile's table, then the allow-list.

The table is a minimum (PS3.15 E.1.1, note): it does not list every attribute that can hold text.
So what it does not list is kept only when its kind of value can be checked to name nobody.
"""

from collections.abc import Callable
from enum import Enum, auto
from functools import cache, lru_cache, partial
from typing import NamedTuple

from pipeline.deidentify.profile.elements import MANY, vr_in_dictionary
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.table import Row, action_under, row_of

BINARY = frozenset({"US", "SS", "UL", "SL", "UV", "SV", "FL", "FD"})
TEMPORAL = frozenset({"DA", "DT", "TM"})
TEXT = frozenset({"LO", "SH", "ST", "LT", "UT", "UC", "UR", "PN", "AE"})
LOWEST_GROUP, PATIENT_GROUP, PIXEL_GROUP = 0x0008, 0x0010, 0x7FE0
PATIENT_TAGS = (0x00100010, 0x00100020)
MANUFACTURER, MODEL, TIMEZONE = 0x00080070, 0x00081090, 0x00080201
# Palettes: their data, segmented data, and the alpha channel (PS3.3 C.7.9); other tables.
LOOKUP_TABLES = frozenset({0x00281201, 0x00281202, 0x00281203, 0x00281204,
                           0x00281221, 0x00281222, 0x00281223, 0x00281224,
                           0x00283006})  # fmt: skip
# Written anew: the character set, the statements, and what a coded concept says.
REWRITTEN = frozenset({
    0x00080005, 0x00120062, 0x00120063, 0x00120064, 0x00280301, 0x00280303,
    0x00080100, 0x00080102, 0x00080103, 0x00080104, 0x00080119, 0x00080120,
    # What the source says of its private attributes is not believed.
    0x00080300,
})  # fmt: skip
UNLISTED = "X/Z/D"
# The Encrypted Attributes Sequence: what an earlier de-identifier put away. Its content cannot be
# judged, and without it an item is not valid (PS3.3 C.12.1.1.4).
ENCRYPTED = 0x04000500


class Treatment(Enum):
    """How a value is turned into the one that leaves."""

    DROP = auto()
    REMOVE = auto()
    PSEUDONYM = auto()
    REPLACE_UID = auto()
    KEEP_UID = auto()
    ITEMS = auto()
    DATE = auto()
    ZONE = auto()
    AGE = auto()
    NUMBER = auto()
    SMALL_NUMBER = auto()
    BINARY = auto()
    TAGS = auto()
    TERM = auto()
    LOOKUP_TABLE = auto()
    MAKER = auto()
    PLAIN_NAME = auto()
    VOCABULARY = auto()
    VERBATIM = auto()


class Rule(NamedTuple):
    """A treatment; the action that it counts as; the action when no value can be kept.

    `vr` is what leaves; it is empty when the file's VR is not the standard's, and holds an `or`
    where the data set decides.
    """

    treatment: Treatment
    action: str
    fallback: str
    vr: str


KEPT = {"SQ": Treatment.ITEMS, "UI": Treatment.KEEP_UID, "AS": Treatment.AGE,
        "CS": Treatment.TERM, "DS": Treatment.NUMBER, "IS": Treatment.NUMBER,
        "AT": Treatment.TAGS} | dict.fromkeys(TEMPORAL, Treatment.DATE) \
    | dict.fromkeys(BINARY, Treatment.BINARY) | dict.fromkeys(TEXT, Treatment.VERBATIM)  # fmt: skip
CLEANED = KEPT | dict.fromkeys(TEXT, Treatment.VOCABULARY)


@cache
def rules_under(options: ProfileOptions) -> Callable[[int, str | None], Rule]:
    """Return `rule_for` under these options, with a memory: an archive repeats its attributes."""
    return lru_cache(maxsize=MANY)(partial(rule_for, options=options))


def rule_for(tag: int, stated_vr: str | None, options: ProfileOptions) -> Rule:
    """Return the rule for an attribute of an even group, with the VR that the file states."""
    vr = _vr(tag, stated_vr)
    if tag in REWRITTEN or tag & 0xFFFF == 0:
        return Rule(Treatment.DROP, "X", "X", vr)
    row = row_of(tag)
    group = tag >> 16
    is_graphic = group & 0xFF00 in (0x5000, 0x6000)
    if not LOWEST_GROUP <= group < PIXEL_GROUP or is_graphic or tag == ENCRYPTED:
        # Command, file meta and directory elements are no part of an image, pixels are written
        # from elsewhere, and of a curve or an overlay no one can tell that it draws no text.
        return Rule(Treatment.REMOVE, "X", "X", vr)
    return _unlisted(tag, vr, options) if row is None else _listed(row, tag, vr, options)


def _listed(row: Row, tag: int, vr: str, options: ProfileOptions) -> Rule:
    action = action_under(row, options)
    if tag in PATIENT_TAGS:
        return Rule(Treatment.PSEUDONYM, row.action, row.action, vr)
    if action == "U" or (action == "D" and vr == "UI"):
        return Rule(Treatment.REPLACE_UID, action, "X", vr)
    if action not in ("K", "C"):
        return Rule(Treatment.REMOVE, action, action, vr)
    # Of the patient, what the table lets us keep in free text may hold anything: words only.
    verbatim = action == "K" and tag >> 16 != PATIENT_GROUP
    by_vr = (KEPT if verbatim else CLEANED).get(_first(vr), Treatment.REMOVE)
    return Rule(Treatment.ZONE if tag == TIMEZONE else by_vr, action, row.action, vr)


def _vr(tag: int, stated: str | None) -> str:
    known = vr_in_dictionary(tag)
    if not stated or stated == "UN" or " or " in stated:
        return known
    return stated if not known or stated in known else ""


def _unlisted(tag: int, vr: str, options: ProfileOptions) -> Rule:
    if not vr_in_dictionary(tag):
        return Rule(Treatment.REMOVE, "X", "X", vr)
    treatment = _treatment_of_unlisted(tag, vr, options)
    action = "K" if options.longitudinal == "full" else "C"
    actions = {Treatment.DATE: action, Treatment.VOCABULARY: "C", Treatment.REPLACE_UID: "U"}
    return Rule(treatment, actions.get(treatment, "K"), UNLISTED, vr)


def _treatment_of_unlisted(tag: int, vr: str, options: ProfileOptions) -> Treatment:
    if tag in LOOKUP_TABLES:
        return Treatment.LOOKUP_TABLE
    if tag == MODEL and options.retain_device_identity:
        return Treatment.PLAIN_NAME
    if tag == MANUFACTURER:
        return Treatment.MAKER
    return _by_vr(options).get(_first(vr), Treatment.REMOVE)


@lru_cache(maxsize=MANY)
def _by_vr(options: ProfileOptions) -> dict[str, Treatment]:
    """Return the treatments of attributes that the table does not list."""
    dates = Treatment.REMOVE if options.longitudinal == "removed" else Treatment.DATE
    texts = Treatment.VOCABULARY if options.clean_descriptors else Treatment.REMOVE
    return {
        **KEPT,
        **dict.fromkeys(TEMPORAL, dates),
        **dict.fromkeys(TEXT, texts),
        "UI": Treatment.KEEP_UID if options.retain_uids else Treatment.REPLACE_UID,
        "DS": Treatment.SMALL_NUMBER,
        "IS": Treatment.SMALL_NUMBER,
        "AS": Treatment.REMOVE,
    }


def _first(vr: str) -> str:
    return vr.partition(" or ")[0]
