import cv2
import jpeg_ls
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import get_frame

from pipeline.deidentify.export.streams.jpeg import clean_jpeg
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, Picture, insert, picture, segment

EXIF, JFIF_THUMBNAIL = b"Exif\0\0" + CANARY, b"JFXX\0\x10" + CANARY
DIRTY_JFIF = b"JFIF\0\x01\x02\0\0\x01\0\x01\x02\x02" + CANARY
DIRTY_ADOBE = b"Adobe\0\x64" + CANARY[:4] + b"\x01"


def decoded(encoded: bytes) -> Picture:
    return np.asarray(
        cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8
    )


def jpegs() -> dict[str, bytes]:
    """Return baseline and progressive images, grey and colour, with and without restarts."""
    made = {}
    for name, options in {
        "baseline": [],
        "progressive": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1],
        "restarts": [cv2.IMWRITE_JPEG_RST_INTERVAL, 2],
    }.items():
        for channels in (1, 3):
            buffer = cv2.imencode(".jpg", picture(channels), options)[1]
            made[f"{name}{channels}"] = buffer.tobytes()
    return made


JPEGS = jpegs()


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize(
    "piece",
    [
        segment(0xFE, CANARY),
        segment(0xE1, EXIF),
        segment(0xE0, JFIF_THUMBNAIL),
        segment(0xED, CANARY),
    ],
)
def test_comments_and_application_segments_go_and_pixels_stay(name: str, piece: bytes) -> None:
    encoded = JPEGS[name]
    # After the start, before the scans, between or after the scans, and after the end.
    scan = encoded.index(b"\xff\xda")
    for position in (2, scan, len(encoded) - 2, len(encoded)):
        dirty = insert(encoded, position, piece)
        cleaned = clean_jpeg(dirty)
        assert CANARY in dirty
        assert CANARY not in cleaned
        assert np.array_equal(decoded(cleaned), decoded(encoded))


def test_colour_markers_are_made_anew() -> None:
    encoded = JPEGS["baseline3"]
    dirty = insert(insert(encoded, 2, segment(0xE0, DIRTY_JFIF)), 2, segment(0xEE, DIRTY_ADOBE))
    cleaned = clean_jpeg(dirty)
    assert CANARY[:4] not in cleaned
    assert b"JFIF" in cleaned
    assert b"Adobe" in cleaned
    assert np.array_equal(decoded(cleaned), decoded(dirty))


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_ls_is_cleaned_to_the_same_samples(channels: int) -> None:
    shown = picture(channels)
    encoded = bytes(jpeg_ls.encode_array(shown))
    for marker in (0xFE, 0xE8):
        for position in (2, len(encoded)):
            cleaned = clean_jpeg(insert(encoded, position, segment(marker, CANARY)))
            assert CANARY not in cleaned
            assert np.array_equal(jpeg_ls.jlsread(cleaned), shown)


def test_lossless_jpeg_of_a_real_object_is_cleaned() -> None:
    gdcm_file = get_testdata_file("SC_rgb_jpeg_gdcm.dcm")
    encoded = get_frame(dcmread(str(gdcm_file)).PixelData, 0, number_of_frames=1)
    assert clean_jpeg(insert(encoded, 2, segment(0xFE, CANARY))) == clean_jpeg(encoded)


def test_cleaning_twice_changes_nothing() -> None:
    for encoded in JPEGS.values():
        assert clean_jpeg(clean_jpeg(encoded)) == clean_jpeg(encoded)


@settings(deadline=None)
@given(end=st.integers(0, len(JPEGS["progressive3"]) - 1), name=st.sampled_from(sorted(JPEGS)))
def test_an_image_that_breaks_off_is_refused(end: int, name: str) -> None:
    with pytest.raises(UnusableError) as error:
        clean_jpeg(JPEGS[name][: min(end, len(JPEGS[name]) - 1)])
    assert error.value.reason == "pixel_stream"


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, len(JPEGS["baseline3"]) - 1), value=st.integers(0, 255))
def test_a_damaged_image_is_cleaned_or_refused(position: int, value: int) -> None:
    damaged = bytearray(JPEGS["baseline3"])
    damaged[position] = value
    try:
        clean_jpeg(bytes(damaged))
    except UnusableError as error:
        assert error.reason == "pixel_stream"
