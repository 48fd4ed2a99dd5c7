"""Which items of structured content may leave (PS3.15 E.3.4): coded and numeric ones."""

from pydicom.dataset import Dataset

from pipeline.deidentify.profile.options import ProfileOptions

VALUE_TYPE = 0x0040A040
# Others hold text, names, dates or references as their value.
VALUE_TYPES = frozenset({"NUM", "NUMERIC", "CODE", "CONTAINER", "SCOORD", "SCOORD3D", "TCOORD"})
# The coded and numeric concepts of Table E.3.4-1, with the option that retains each.
REMOVED_CONCEPTS = {
    ("NCIt", "C54627"): None,  # Experience (of an observer)
    ("DCM", "121033"): "retain_patient_characteristics",  # Subject Age
    ("DCM", "121032"): "retain_patient_characteristics",  # Subject Sex
    ("DCM", "121000"): "retain_device_identity",  # Unique Device Identifiers
}


def may_leave(item: Dataset, options: ProfileOptions) -> bool:
    """Tell whether an item may leave, cleaned; one that is no content item always may."""
    if VALUE_TYPE not in item.keys():  # noqa: SIM118 - a data set makes much of a tag
        return True
    if item[VALUE_TYPE].value not in VALUE_TYPES:
        return False
    for name in item.get("ConceptNameCodeSequence") or ():
        concept = (name.get("CodingSchemeDesignator"), name.get("CodeValue"))
        if concept in REMOVED_CONCEPTS:
            option = REMOVED_CONCEPTS[concept]
            return option is not None and bool(getattr(options, option))
    return True
