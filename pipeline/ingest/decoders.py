"""Which transfer syntaxes the installed decoders read, and what to install for the others."""

from functools import cache
from importlib.util import find_spec

from pydicom.uid import UID

from pipeline.io.decoders import FRAME_DECODERS, PACKAGE
from pipeline.io.dicom import DECODERS
from pipeline.io.uids import is_registered


@cache
def missing_decoder(syntax: UID) -> str | None:
    """Return None when a syntax can be decoded here, else its name and the package it needs."""
    name = syntax.name if is_registered(syntax) else "a transfer syntax of no standard"
    if syntax in FRAME_DECODERS:
        return None if find_spec(PACKAGE) else f"{name}, install {PACKAGE}"
    return None if syntax in DECODERS else name
