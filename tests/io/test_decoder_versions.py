"""The versions of decoders: those of the installed libraries, and never a date."""

import re
from importlib import metadata

import imagecodecs
import pytest
from pydicom import uid

from pipeline.deidentify.audit.spellings import spellings_of_date
from pipeline.io.dicom import DECODERS, decoder_version
from pipeline.io.syntaxes import HEVC, JPEG_XL

CALENDAR = re.compile(r"(19|20)[0-9]{2}[-./ ][0-9]")


@pytest.mark.parametrize(
    ("syntax", "library"),
    [
        (uid.JPEGBaseline8Bit, "libjpeg_turbo"),
        (uid.JPEGLSLossless, "charls"),
        (uid.JPEG2000Lossless, "openjpeg"),
        (JPEG_XL[0], "libjxl"),
    ],
)
def test_the_version_is_that_of_the_installed_library(syntax: uid.UID, library: str) -> None:
    assert decoder_version(syntax) == f"{library} {imagecodecs.version(dict)[library]}"


def test_a_version_by_the_calendar_has_an_r_after_its_year() -> None:
    year, _, rest = imagecodecs.version(dict)["imcd"].partition(".")
    assert decoder_version(uid.RLELossless) == f"imcd {year}r{rest}"


def test_decoders_that_are_no_codecs_have_a_version_too() -> None:
    assert decoder_version(uid.ExplicitVRLittleEndian) == f"numpy {metadata.version('numpy')}"
    opencv, _, ffmpeg = decoder_version(HEVC[0]).partition(", ")
    assert opencv.startswith("opencv ")
    package = metadata.version("opencv-python-headless")
    assert f"{package}.".startswith(f"{opencv.removeprefix('opencv ')}.")
    assert re.fullmatch(r"libavcodec [0-9]+(\.[0-9]+){2}", ffmpeg)


@pytest.mark.parametrize("syntax", DECODERS)
def test_no_version_is_a_date(syntax: uid.UID) -> None:
    version = decoder_version(syntax)
    assert not CALENDAR.search(version)
    assert not list(spellings_of_date(version))
