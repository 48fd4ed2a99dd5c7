import io
from collections.abc import Callable
from functools import cache
from typing import Any

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    ExplicitVRBigEndian,
    JPEGBaseline8Bit,
    RLELossless,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

from pipeline.ingest import decoders
from pipeline.ingest.fate import Accepted, examine
from pipeline.ingest.refusal import Refused
from pipeline.ingest.tables import REASONS
from pipeline.io.syntaxes import JPEG_XL
from tests.dicom_files import HEIGHT, SYNTAXES, WIDTH, encode, region, screens, us_object
from tests.ingest import bad_files
from tests.ingest.bad_files import packaged
from tests.ingest.settings import PARAMS
from tests.io.encoded_files import SEQUENCE_END, encapsulated, items, padded

SECRET = "ZZSECRET"
REFERENCED = UID("1.2.840.10008.1.2.4.94")


def fate(content: bytes) -> Accepted | Refused:
    return examine(io.BytesIO(content), PARAMS)


def reason(content: bytes) -> str:
    result = fate(content)
    assert isinstance(result, Refused)
    assert result.reason in REASONS
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
def test_whole_files_are_accepted(number: int) -> None:
    assert isinstance(fate(whole_files()[number]), Accepted)
    assert isinstance(fate(whole_files()[number] + bytes(10)), Accepted)


@pytest.mark.parametrize("kind", bad_files.REFUSED)
def test_what_must_be_refused_is_refused_for_its_reason(kind: str) -> None:
    expected, make = bad_files.REFUSED[kind]
    assert reason(make()) == expected


@pytest.mark.parametrize("kind", bad_files.ACCEPTED)
def test_what_is_odd_but_whole_is_accepted_with_the_same_pixels(kind: str) -> None:
    plain, odd = fate(encode(bad_files.still())), fate(bad_files.ACCEPTED[kind]())
    assert isinstance(plain, Accepted)
    assert isinstance(odd, Accepted)
    assert odd.size == plain.size
    # 8-bit samples have no byte order, but a big endian file may be read by words.
    assert (odd.pixels_sha256 == plain.pixels_sha256) == (kind != "big endian")


@settings(max_examples=300, deadline=None)
@given(number=st.integers(0, 7), place=st.floats(0, 1), from_end=st.integers(1, 400))
def test_a_file_cut_anywhere_is_never_accepted(number: int, place: float, from_end: int) -> None:
    content = whole_files()[number]
    header_end = len(content) - HEIGHT * WIDTH
    for cut in (int(place * (len(content) - 1)), len(content) - from_end, int(place * 900)):
        found = reason(content[:cut])
        if cut == 0:
            assert found == "empty_file"
        elif cut < 132:
            assert found == "not_dicom"
        elif number < 3 and cut > header_end:
            assert found == "truncated"  # within the pixels
        else:
            # Between two elements nothing is cut off: what comes after was never there.
            assert found in {"truncated", "no_pixels", "not_ultrasound"}


def test_most_cuts_in_a_header_are_told_from_a_missing_image() -> None:
    content = encode(us_object(screens(1)))
    cuts = range(140, len(content) - HEIGHT * WIDTH)
    found = [reason(content[:cut]) for cut in cuts]
    assert found.count("truncated") > 0.9 * len(cuts)


def test_a_real_cine_cut_anywhere_is_never_accepted() -> None:
    content = packaged("examples_ybr_color.dcm")
    for cut in range(2000, len(content), 4001):
        assert reason(content[:cut]) in {"truncated", "no_pixels"}


def test_an_element_after_the_pixels_must_be_whole_too() -> None:
    content = encode(trailing_padding())
    assert isinstance(fate(content), Accepted)
    for missing in range(1, 22):
        assert reason(content[:-missing]) == "truncated"


def changed(**changes: Any) -> Callable[[], bytes]:
    return lambda: encode(us_object(**changes))


def saved(header: Dataset) -> bytes:
    buffer = io.BytesIO()
    header.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def run_lengths(**changes: Any) -> Callable[[], bytes]:
    """Return a builder of an RLE cine of two frames whose header is changed after encoding."""

    def make() -> bytes:
        header = us_object(screens(2))
        encode(header, RLELossless)
        for keyword, value in changes.items():
            setattr(header, keyword, value)
        return saved(header)

    return make


def with_syntax(syntax: UID) -> Callable[[], bytes]:
    def make() -> bytes:
        header = us_object(screens(2))
        encode(header, RLELossless)
        header.file_meta.TransferSyntaxUID = syntax
        return saved(header)

    return make


def cine(**changes: Any) -> Callable[[], bytes]:
    """Return a builder of pydicom's JPEG cine with another header."""

    def make() -> bytes:
        header = dcmread(io.BytesIO(packaged("examples_ybr_color.dcm")))
        for keyword, value in changes.items():
            setattr(header, keyword, value)
        return saved(header)

    return make


def _without_pixels(header: Dataset) -> Dataset:
    del header.PixelData
    return header


def unknown_kind() -> bytes:
    odd = bad_files.element(0x0018, 0x9999, b"ZZ", b"SECRET")
    return bad_files.before_pixels(encode(us_object()), odd)


def overrun() -> bytes:
    """A sequence of defined length whose item states more than the sequence holds."""
    item = b"\xfe\xff\x00\xe0" + (200).to_bytes(4, "little")
    sequence = bad_files.long_element(0x0040, 0xA730, b"SQ", len(item)) + item
    return bad_files.before_pixels(encode(us_object()), sequence)


def wrong_offsets() -> bytes:
    header = us_object(screens(2))
    content = bytearray(encode(header, RLELossless))
    place = content.index(b"\xfe\xff\x00\xe0\x08\x00\x00\x00") + 12
    content[place] ^= 2
    return bytes(content)


BAD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "computed tomography": ("not_ultrasound", lambda: packaged("CT_small.dcm")),
    "directory": ("dicomdir", lambda: packaged("dicomdirtests/DICOMDIR")),
    "pixels of an icon only": ("no_pixels", lambda: encode(_without_pixels(nested_object()))),
    "no rows": ("missing_attribute", changed(Rows=None)),
    "no study": ("missing_attribute", changed(StudyInstanceUID=None)),
    "no kind": ("not_ultrasound", changed(SOPClassUID=SECRET)),
    "kind of a maker": ("private_sop_class", changed(SOPClassUID="1.3.46.670589.2.5.1.1")),
    "saved screen": ("secondary_capture", changed(SOPClassUID=SecondaryCaptureImageStorage)),
    "no height": ("absurd_geometry", changed(Rows=0)),
    "too wide": ("absurd_geometry", changed(Columns=1001)),
    "too long": ("absurd_geometry", changed(NumberOfFrames=101)),
    "negative": ("absurd_geometry", changed(NumberOfFrames=-2)),
    "many frames": (
        "absurd_geometry",
        lambda: bad_files.frames_as_text().replace(b" +01 ", b"many "),
    ),
    "two samples": ("absurd_geometry", changed(SamplesPerPixel=2)),
    "deeper than stored": ("absurd_geometry", changed(BitsStored=12)),
    "more rows than pixels": ("wrong_length", changed(Rows=HEIGHT + 1)),
    "more frames than pixels": ("wrong_length", changed(NumberOfFrames=3)),
    "more frames than fragments": ("frame_count", run_lengths(NumberOfFrames=3)),
    "more rows than run lengths": ("wrong_length", run_lengths(Rows=HEIGHT + 1)),
    "more samples than planes": (
        "wrong_size",
        run_lengths(SamplesPerPixel=3, PhotometricInterpretation="RGB"),
    ),
    "other rows than the images": ("wrong_size", cine(Rows=480)),
    "more frames than images": ("frame_count", cine(NumberOfFrames=31)),
    "an image without its end": ("truncated", bad_files.cine_without_its_last_end),
    "frames at other places": ("wrong_offsets", wrong_offsets),
    "no JPEG": ("bad_stream", with_syntax(JPEGBaseline8Bit)),
    "pixels that lie elsewhere": ("no_decoder", with_syntax(REFERENCED)),
    "strange colours": ("unknown_colour", changed(PhotometricInterpretation=SECRET)),
    "an element of no kind": ("unreadable_element", unknown_kind),
    "an item longer than its sequence": ("broken_structure", overrun),
}


@pytest.mark.parametrize("kind", BAD)
def test_every_bad_file_has_its_reason(kind: str) -> None:
    expected, make = BAD[kind]
    assert reason(make()) == expected


def test_a_missing_decoder_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    decoders.missing_decoder.cache_clear()
    monkeypatch.setattr(decoders, "find_spec", lambda name: None)
    result = fate(cine(NumberOfFrames=30)())
    decoders.missing_decoder.cache_clear()
    assert isinstance(result, Refused)
    assert result.reason == "no_decoder"
    assert result.detail.endswith("install imagecodecs")


@pytest.mark.parametrize("syntax", JPEG_XL)
def test_syntaxes_that_pydicom_does_not_know_are_accepted(syntax: UID) -> None:
    frames = screens(2)
    encoded = [bytes(imagecodecs.jpegxl_encode(frame, lossless=True)) for frame in frames]
    result = fate(encapsulated(encoded, syntax, frames[0]).getvalue())
    assert isinstance(result, Accepted)
    assert result.syntax == syntax


def test_the_newest_syntaxes_are_none_of_no_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "find_spec", lambda name: None)
    missing = decoders.missing_decoder.__wrapped__
    assert missing(JPEG_XL[0]) == f"{JPEG_XL[0]}, install imagecodecs"
    assert missing(UID("1.2.3")) == "a transfer syntax of no standard"


def jpeg(frame: Any) -> bytes:
    return bytes(imagecodecs.jpeg8_encode(frame, level=90))


def jpegs(pixels: bytes) -> bytes:
    """Return a file of one JPEG image with these bytes for its encapsulated pixel data."""
    frame = screens(1)[0]
    return encapsulated([b""], JPEGBaseline8Bit, frame, pixels).getvalue()[: -len(SEQUENCE_END)]


@pytest.mark.parametrize("padding", [1, 255, 1000, (1 << 16) + 300, 1 << 18])
def test_zeros_behind_an_image_are_no_part_of_it(padding: int) -> None:
    encoded = jpeg(screens(1)[0])
    assert isinstance(fate(jpegs(items([padded(encoded + bytes(padding))]))), Accepted)
    # Nor are they an end: space that was kept for what never came.
    cut = encoded[: len(encoded) // 2]
    assert reason(jpegs(items([padded(cut + bytes(padding))]))) == "truncated"


@pytest.mark.parametrize("cut", [1, 2])
def test_an_end_mark_may_straddle_fragments(cut: int) -> None:
    encoded = jpeg(screens(1)[0])
    parts = [encoded[:-cut], encoded[-cut:], bytes(70_000)]
    assert isinstance(fate(jpegs(items(parts))), Accepted)


@pytest.mark.parametrize("segments", [1, 5, 80])
def test_segments_before_an_image_may_be_of_any_length(segments: int) -> None:
    encoded, segment = jpeg(screens(1)[0]), b"\xff\xe2\xff\xff" + bytes(65533)
    long = padded(encoded[:2] + segments * segment + encoded[2:])
    assert isinstance(fate(jpegs(items([long]))), Accepted)
    middle = len(long) // 4 * 2
    assert isinstance(fate(jpegs(items([long[:middle], long[middle:]]))), Accepted)


def test_saved_screens_are_used_where_the_study_says_so() -> None:
    accept = PARAMS.model_copy(update={"secondary_capture": "accept"})
    screen = us_object(SOPClassUID=SecondaryCaptureImageStorage)
    assert isinstance(examine(io.BytesIO(encode(screen)), accept), Accepted)
    screen.Modality = "CT"
    result = examine(io.BytesIO(encode(screen)), accept)
    assert result == Refused("secondary_capture")


@pytest.mark.parametrize("syntax", ["ISO_IR 999", "\\\\", "ISO 2022 IR 87\\nonsense", "utf8"])
def test_a_nonsense_character_set_raises_nothing(syntax: str) -> None:
    result = fate(encode(us_object(SpecificCharacterSet=syntax, PatientID="A\u0001B")))
    assert isinstance(result, Accepted | Refused)


@settings(max_examples=100, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(132, 1000), st.integers(0, 255)), min_size=1))
def test_damaged_headers_raise_nothing(flips: list[tuple[int, int]]) -> None:
    content = bytearray(whole_files()[0])
    for place, value in flips:
        content[place] = value
    result = fate(bytes(content))
    assert not isinstance(result, Refused) or result.reason in REASONS


def test_a_still_is_accepted_too() -> None:
    still = us_object(screens(1), SOPClassUID=UltrasoundImageStorage, NumberOfFrames=None)
    assert isinstance(fate(encode(still)), Accepted)


def digest(content: bytes) -> str:
    result = fate(content)
    assert isinstance(result, Accepted)
    return result.pixels_sha256


def palette(colour: str = "Red", shift: int = 0, first: int = 0, bits: int = 16) -> dict[str, Any]:
    """Return what makes frames those of a palette of segments, one colour of it shifted."""
    stated: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name in ("Red", "Green", "Blue"):
        last = 65535 - (shift if name == colour else 0)
        segments = np.array([0, 1, 0, 1, 255, last], "<u2").tobytes()
        stated[f"{name}PaletteColorLookupTableDescriptor"] = [256, first, bits]
        stated[f"Segmented{name}PaletteColorLookupTableData"] = segments
    return stated


def plain_palette(first: int = 0) -> dict[str, Any]:
    stated: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for name in ("Red", "Green", "Blue"):
        stated[f"{name}PaletteColorLookupTableDescriptor"] = [256, first, 16]
        stated[f"{name}PaletteColorLookupTableData"] = np.arange(256, dtype="<u2").tobytes()
    return stated


DESCRIBED: list[dict[str, Any]] = [
    {},
    {"PhotometricInterpretation": "MONOCHROME1"},
    {"Rows": WIDTH, "Columns": HEIGHT},
    {"NumberOfFrames": 1},
    {"BitsStored": 7},
    {"BitsAllocated": 16, "BitsStored": 16, "Rows": HEIGHT // 2},
    {"PixelRepresentation": 1},
    palette(),
    palette(shift=20000),
    palette("Blue", shift=20000),
    palette(first=100),
    plain_palette(),
    plain_palette(first=100),
]


def test_the_same_bytes_read_in_another_way_are_another_picture() -> None:
    found = [digest(encode(us_object(**changes))) for changes in DESCRIBED]
    assert len(set(found)) == len(DESCRIBED)


@pytest.mark.parametrize("changes", DESCRIBED)
def test_equal_pictures_are_found_under_other_names(changes: dict[str, Any]) -> None:
    named: dict[str, Any] = {"PatientName": "Other", "PatientID": "2", "StudyInstanceUID": "1.9"}
    again = us_object(uid="1.2.5", **changes, **named)
    expected = digest(encode(us_object(**changes)))
    for syntax in SYNTAXES[0], SYNTAXES[1], SYNTAXES[3]:
        assert digest(encode(again, syntax)) == expected


def test_a_palette_that_no_pixel_uses_makes_no_other_picture() -> None:
    unused = plain_palette() | {"PhotometricInterpretation": "MONOCHROME2"}
    assert digest(encode(us_object(**unused))) == digest(encode(us_object()))


def test_words_and_bytes_of_a_big_endian_file_are_other_pictures() -> None:
    as_bytes = encode(us_object(), ExplicitVRBigEndian)
    as_words = as_bytes.replace(b"\x7f\xe0\x00\x10OB", b"\x7f\xe0\x00\x10OW")
    assert digest(as_bytes) != digest(as_words)


def test_chroma_that_is_stored_whole_counts_as_pixels_to_its_end() -> None:
    frame = np.stack([screens(1)] * 3, axis=-1)
    other = frame.copy()
    other[0, -1, -1] += 1
    found = [
        fate(encode(us_object(pixels, PhotometricInterpretation="YBR_FULL_422")))
        for pixels in (frame, other)
    ]
    first, second = (result for result in found if isinstance(result, Accepted))
    assert first.pixels_sha256 != second.pixels_sha256
