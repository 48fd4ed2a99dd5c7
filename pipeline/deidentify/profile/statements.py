"""What a de-identified object says of itself (PS3.15 E.1.1, E.2, E.3.1 and E.3.6)."""

from functools import lru_cache

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.values import convert_SQ

from pipeline.deidentify.profile.codes import concept_item, find_concept
from pipeline.deidentify.profile.elements import MANY, as_raw, make
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.table import chosen
from pipeline.deidentify.profile.tree import Cleaned, Items, sequence
from pipeline.deidentify.profile.values import PLAIN_NAME
from pipeline.deidentify.tables import METHOD

TEMPORAL_STATEMENTS = {"removed": "REMOVED", "full": "UNMODIFIED", "modified": "MODIFIED"}
# CID 7050, De-identification Method (PS3.16).
BASIC_PROFILE, CLEAN_PIXELS = "113100", "113101"
# By the table's names of the options.
OPTION_CODES = {
    "graphics": "113103", "structured": "113104", "descriptors": "113105", "full": "113106",
    "modified": "113107", "patient": "113108", "device": "113109", "uids": "113110",
    "safe_private": "113111", "institution": "113112",
}  # fmt: skip
IDENTITY_REMOVED, METHODS, METHOD_CODES = 0x00120062, 0x00120063, 0x00120064
BURNED_IN, TEMPORAL_MODIFIED = 0x00280301, 0x00280303
CID_7050 = {str(code) for code in range(113100, 113113)}


def method_codes(options: ProfileOptions) -> list[str]:
    """Return the codes of CID 7050 for the profile and the options that were applied."""
    return [BASIC_PROFILE, *sorted(OPTION_CODES[name] for name in chosen(options))]


def make_statements(cleaned: Cleaned, source: Dataset, options: ProfileOptions) -> None:
    """Write into `cleaned` that identity was removed, how, and what became of dates.

    Methods and codes that `source` already states stay before the new ones; a method that is no
    plain description (a long number, signs beyond a few) does not leave.
    """
    cleaned[IDENTITY_REMOVED] = make(IDENTITY_REMOVED, "CS", b"YES")
    methods = "\\".join([*_earlier_methods(source), METHOD])
    cleaned[METHODS] = make(METHODS, "LO", methods.encode())
    codes = _earlier_codes(source)
    codes += [code for code in method_codes(options) if code not in codes]
    cleaned[METHOD_CODES] = _sequence(tuple(codes))
    temporal = TEMPORAL_STATEMENTS[options.longitudinal]
    cleaned[TEMPORAL_MODIFIED] = make(TEMPORAL_MODIFIED, "CS", temporal.encode())
    if _states_burned_in(source):
        cleaned[BURNED_IN] = make(BURNED_IN, "CS", b"YES")


def state_clean_pixels(cleaned: Dataset) -> None:
    """State that nothing is burned in any more (E.3.1); only for pixels that were cleaned."""
    cleaned[BURNED_IN] = make(BURNED_IN, "CS", b"NO")
    stated = as_raw(cleaned.get_item(METHOD_CODES), cleaned)
    codes = _codes_in(bytes(stated.value or b""))
    if CLEAN_PIXELS not in codes:
        after = codes.index(BASIC_PROFILE) + 1
        cleaned[METHOD_CODES] = _sequence((*codes[:after], CLEAN_PIXELS, *codes[after:]))


def _states_burned_in(source: Dataset) -> bool:
    try:
        return bool(source.get("BurnedInAnnotation") == "YES")
    except Exception:  # it cannot be read, so it states nothing
        return False


def _earlier_methods(source: Dataset) -> list[str]:
    try:
        stated = source.get("DeidentificationMethod") or []
    except Exception:  # it cannot be read, so there is nothing to preserve
        return []
    methods = [str(stated)] if isinstance(stated, str) else list(stated)
    return [method for method in methods if PLAIN_NAME.fullmatch(method)]


def _earlier_codes(source: Dataset) -> list[str]:
    try:
        items = source.get("DeidentificationMethodCodeSequence") or []
        codes = [str(item.get("CodeValue")) for item in items]
    except Exception:  # as above
        return []
    return [code for code in dict.fromkeys(codes) if code in CID_7050]


@lru_cache(maxsize=MANY)
def _codes_in(encoded: bytes) -> tuple[str, ...]:
    """Return the code values of an encoded code sequence, which most objects share."""
    items = convert_SQ(encoded, is_implicit_VR=False, is_little_endian=True)
    return tuple(str(item.CodeValue) for item in items)


@lru_cache(maxsize=MANY)
def _sequence(codes: tuple[str, ...]) -> RawDataElement:
    """Return the code sequence, encoded once for all objects that state the same."""
    concepts = [find_concept("DCM", code) for code in codes]
    items = Items([concept_item(concept) for concept in concepts if concept is not None])
    return sequence(METHOD_CODES, items)
