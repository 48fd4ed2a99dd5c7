"""What a de-identified object says of itself (PS3.15 E.1.1, E.2, E.3.1 and E.3.6)."""

from functools import lru_cache

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pipeline.deidentify.profile.codes import concept_item, find_concept
from pipeline.deidentify.profile.elements import MANY, as_raw
from pipeline.deidentify.profile.options import ProfileOptions
from pipeline.deidentify.profile.table import chosen
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
METHOD_CODES = 0x00120064
CID_7050 = {str(code) for code in range(113100, 113113)}


def method_codes(options: ProfileOptions) -> list[str]:
    """Return the codes of CID 7050 for the profile and the options that were applied."""
    return [BASIC_PROFILE, *sorted(OPTION_CODES[name] for name in chosen(options))]


def make_statements(cleaned: Dataset, source: Dataset, options: ProfileOptions) -> None:
    """Write into `cleaned` that identity was removed, how, and what became of dates.

    Methods and codes that `source` already states stay before the new ones; a method that is no
    plain description (a long number, signs beyond a few) does not leave.
    """
    cleaned.PatientIdentityRemoved = "YES"
    cleaned.DeidentificationMethod = [*_earlier_methods(source), METHOD]
    codes = _earlier_codes(source)
    codes += [code for code in method_codes(options) if code not in codes]
    cleaned[METHOD_CODES] = _sequence(tuple(codes))
    cleaned.LongitudinalTemporalInformationModified = TEMPORAL_STATEMENTS[options.longitudinal]
    if _states_burned_in(source):
        cleaned.BurnedInAnnotation = "YES"


def state_clean_pixels(cleaned: Dataset) -> None:
    """State that nothing is burned in any more (E.3.1); only for pixels that were cleaned."""
    cleaned.BurnedInAnnotation = "NO"
    codes = [str(item.CodeValue) for item in cleaned.DeidentificationMethodCodeSequence]
    if CLEAN_PIXELS not in codes:
        place = codes.index(BASIC_PROFILE) + 1
        codes.insert(place, CLEAN_PIXELS)
        cleaned[METHOD_CODES] = _sequence(tuple(codes))


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
def _sequence(codes: tuple[str, ...]) -> RawDataElement:
    """Return the code sequence, encoded once for all objects that state the same."""
    concepts = [find_concept("DCM", code) for code in codes]
    items = Sequence([concept_item(concept) for concept in concepts if concept is not None])
    return as_raw(DataElement(METHOD_CODES, "SQ", items), Dataset())
