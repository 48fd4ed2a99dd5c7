import io
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian, RLELossless, UltrasoundImageStorage

from pipeline.ingest.fate import Refused, examine
from pipeline.ingest.params import IngestParams
from pipeline.ingest.tables import REASONS
from tests.dicom_files import HEIGHT, SYNTAXES, WIDTH, encode, region, screens, us_object

PARAMS = IngestParams(max_side=1000, max_frames=100)
SECRET = "ZZSECRET"
REFERENCED = UID("1.2.840.10008.1.2.4.94")


def fate(folder: Path, content: bytes) -> Dataset | Refused:
    path = folder / "file"
    path.write_bytes(content)
    return examine(path, PARAMS)


def reason(folder: Path, content: bytes) -> str:
    result = fate(folder, content)
    assert isinstance(result, Refused)
    assert SECRET not in result.detail
    return result.reason


def nested_object() -> Dataset:
    """An object whose sequences have undefined lengths, with pixels of their own, three deep."""
    icon = Dataset()
    icon.PixelData = b"\x01\x02"
    icon["PixelData"].VR = "OB"
    inner = Dataset()
    inner.IconImageSequence = Sequence([icon])
    inner["IconImageSequence"].is_undefined_length = True
    outer = region()
    outer.ReferencedImageSequence = Sequence([inner, Dataset()])
    outer["ReferencedImageSequence"].is_undefined_length = True
    outer.is_undefined_length_sequence_item = True
    header = us_object(SequenceOfUltrasoundRegions=Sequence([outer]))
    header["SequenceOfUltrasoundRegions"].is_undefined_length = True
    return header


def trailing_padding() -> Dataset:
    header = us_object()
    header.add_new(0xFFFCFFFC, "OB", bytes(range(1, 11)))
    return header


@cache
def whole_files() -> tuple[bytes, ...]:
    plain = [encode(us_object(screens(1)), syntax) for syntax in SYNTAXES]
    nested = [encode(nested_object(), syntax) for syntax in SYNTAXES[:3]]
    # A deflated stream may be followed by one byte that is no part of it (PS3.5 A.5).
    plain[3] = plain[3].removesuffix(b"\0")
    return (*plain, *nested)


@pytest.mark.parametrize("number", range(8))
def test_whole_files_are_accepted(tmp_path: Path, number: int) -> None:
    assert isinstance(fate(tmp_path, whole_files()[number]), Dataset)
    assert isinstance(fate(tmp_path, whole_files()[number] + bytes(10)), Dataset)


@settings(max_examples=300, deadline=None)
@given(number=st.integers(0, 7), place=st.floats(0, 1), from_end=st.integers(1, 400))
def test_a_file_cut_anywhere_is_never_accepted(
    number: int, place: float, from_end: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = whole_files()[number]
    folder = tmp_path_factory.mktemp("cut")
    header_end = len(content) - HEIGHT * WIDTH
    for cut in (int(place * (len(content) - 1)), len(content) - from_end, int(place * 900)):
        found = reason(folder, content[:cut])
        if cut == 0:
            assert found == "empty_file"
        elif cut < 132:
            assert found == "not_dicom"
        elif number < 3 and cut > header_end:
            assert found == "truncated"  # within the pixels
        else:
            # Between two elements nothing is cut off: what comes after was never there.
            assert found in {"truncated", "no_pixels", "not_ultrasound"}


def test_most_cuts_in_a_header_are_told_from_a_missing_image(tmp_path: Path) -> None:
    content = encode(us_object(screens(1)))
    cuts = range(140, len(content) - HEIGHT * WIDTH)
    found = [reason(tmp_path, content[:cut]) for cut in cuts]
    assert found.count("truncated") > 0.9 * len(cuts)


def test_an_element_after_the_pixels_must_be_whole_too(tmp_path: Path) -> None:
    content = encode(trailing_padding())
    assert isinstance(fate(tmp_path, content), Dataset)
    for missing in range(1, 22):
        assert reason(tmp_path, content[:-missing]) == "truncated"


def packaged(name: str) -> bytes:
    return Path(str(get_testdata_file(name, download=False))).read_bytes()


def changed(**changes: Any) -> Callable[[], bytes]:
    return lambda: encode(us_object(**changes))


def few_fragments() -> bytes:
    header = us_object(screens(2))
    encode(header, RLELossless)
    header.NumberOfFrames = 3
    return _saved(header)


def other_syntax() -> bytes:
    header = us_object(screens(2))
    encode(header, RLELossless)
    header.file_meta.TransferSyntaxUID = REFERENCED
    return _saved(header)


def _saved(header: Dataset) -> bytes:
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text": ("not_dicom", lambda: f"Export {SECRET}\n".encode() * 40),
    "nothing": ("empty_file", lambda: b""),
    "computed tomography": ("not_ultrasound", lambda: packaged("CT_small.dcm")),
    "report": ("structured_report", lambda: packaged("test-SR.dcm")),
    "directory": ("dicomdir", lambda: packaged("dicomdirtests/DICOMDIR")),
    "no pixels": ("no_pixels", changed(PixelData=None)),
    "pixels of an icon only": ("no_pixels", lambda: encode(_without_pixels(nested_object()))),
    "no rows": ("missing_attribute", changed(Rows=None)),
    "no study": ("missing_attribute", changed(StudyInstanceUID=None)),
    "no kind": ("not_ultrasound", changed(SOPClassUID=SECRET)),
    "no height": ("absurd_geometry", changed(Rows=0)),
    "too wide": ("absurd_geometry", changed(Columns=1001)),
    "too long": ("absurd_geometry", changed(NumberOfFrames=101)),
    "negative": ("absurd_geometry", changed(NumberOfFrames=-2)),
    "more rows than pixels": ("wrong_length", changed(Rows=HEIGHT + 1)),
    "more frames than pixels": ("wrong_length", changed(NumberOfFrames=3)),
    "more frames than fragments": ("wrong_length", few_fragments),
    "pixels that lie elsewhere": ("no_decoder", other_syntax),
    "strange colours": ("unknown_colour", changed(PhotometricInterpretation=SECRET)),
}


def _without_pixels(header: Dataset) -> Dataset:
    del header.PixelData
    return header


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_file_has_its_reason(tmp_path: Path, kind: str) -> None:
    expected, make = BAD[kind]
    assert reason(tmp_path, make()) == expected
    assert expected in REASONS


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("pipe", "link"):
        result = examine(tmp_path / name, PARAMS)
        assert result == Refused("file_error", "not a regular file")


@settings(max_examples=100, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(132, 1000), st.integers(0, 255)), min_size=1))
def test_damaged_headers_raise_nothing(
    flips: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(encode(us_object(screens(1)), ExplicitVRLittleEndian))
    for place, value in flips:
        content[place] = value
    result = fate(tmp_path_factory.mktemp("damaged"), bytes(content))
    assert not isinstance(result, Refused) or result.reason in REASONS


def test_a_still_is_accepted_too(tmp_path: Path) -> None:
    still = us_object(screens(1), SOPClassUID=UltrasoundImageStorage, NumberOfFrames=None)
    assert isinstance(fate(tmp_path, encode(still)), Dataset)
