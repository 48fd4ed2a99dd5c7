"""Which identifiers the standard defines (PS3.6 A), the same in the files of every hospital."""

from pydicom._uid_dict import UID_dictionary

from pipeline.io.syntaxes import JPEG_XL


def is_registered(uid: str) -> bool:
    """Tell whether the standard defines a UID; pydicom's list lacks its newest."""
    return uid in UID_dictionary or uid in JPEG_XL
