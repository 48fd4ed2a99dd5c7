"""Which transfer syntaxes the installed decoders read, and what to install for the others."""

from functools import cache
from importlib.util import find_spec

from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID

from pipeline.ingest.codestream import is_video
from pipeline.io.dicom import DECODERS

# Plugin of pydicom: (module it needs, package that brings it).
PACKAGES = {
    "pillow": ("PIL", "pillow"),
    "gdcm": ("gdcm", "python-gdcm"),
    "pyjpegls": ("jpeg_ls", "pyjpegls"),
    "pylibjpeg": ("openjpeg", "pylibjpeg-openjpeg"),
}
JPEG_XL = "1.2.840.10008.1.2.4.11"


@cache
def missing_decoder(syntax: UID) -> str | None:
    """Return None when a syntax can be decoded here, else its name and the package it needs."""
    name = syntax.name if syntax in UID_dictionary else "a transfer syntax of no standard"
    if syntax in DECODERS:
        module, package = PACKAGES.get(DECODERS[syntax], ("", ""))
        return None if not module or find_spec(module) else f"{name}, install {package}"
    if is_video(syntax):
        return f"{name}, install av"
    return f"{name}, install imagecodecs" if syntax.startswith(JPEG_XL) else name
