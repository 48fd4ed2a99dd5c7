import numpy as np
import pytest

from pipeline.deidentify.export.streams.boxes import box
from pipeline.deidentify.export.streams.jpegxl import clean_jpegxl
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, insert, picture

imagecodecs = pytest.importorskip("imagecodecs")
SIGNATURE_AND_TYPE = 12 + 20


def container(channels: int) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(picture(channels), lossless=True, usecontainer=True))


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", [b"Exif", b"xml ", b"jumb", b"brob", b"jbrd", b"jxli", b"free"])
def test_metadata_boxes_go_and_pixels_stay(channels: int, name: bytes) -> None:
    encoded, planted = container(channels), box(name, b"\0\0\0\0" + CANARY)
    for dirty in (insert(encoded, SIGNATURE_AND_TYPE, planted), encoded + planted):
        cleaned = clean_jpegxl(dirty)
        assert CANARY not in cleaned
        shown = imagecodecs.jpegxl_decode(cleaned)
        assert np.array_equal(np.squeeze(shown), picture(channels))


def test_what_has_no_visible_end_or_no_codestream_is_refused() -> None:
    encoded = container(1)
    bare = imagecodecs.jpegxl_encode(picture(), lossless=True, usecontainer=False)
    for broken in (bare, encoded[:-40], encoded[:SIGNATURE_AND_TYPE], CANARY, b""):
        with pytest.raises(UnusableError):
            clean_jpegxl(bytes(broken))
