import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import RLELossless

from pipeline.deidentify.export.streams.rle import HEADER, clean_rle
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, HEIGHT, WIDTH, picture
from tests.dicom_files import encode, us_object

PLANE = HEIGHT * WIDTH


def encoded(channels: int, seed: int = 0) -> bytes:
    """Return a frame as pydicom encodes it."""
    frames = picture(channels, seed)[np.newaxis]
    file = dcmread(io.BytesIO(encode(us_object(frames), RLELossless)))
    start = file.PixelData.index(b"\xfe\xff\x00\xe0", 8)
    length = int.from_bytes(file.PixelData[start + 4 : start + 8], "little")
    return bytes(file.PixelData[start + 8 : start + 8 + length])


def decoded(frame: bytes, channels: int) -> Any:
    header = us_object(picture(channels)[np.newaxis])
    file = dcmread(io.BytesIO(encode(header, RLELossless)))
    item = b"\xfe\xff\x00\xe0"
    file.PixelData = item + bytes(4) + item + len(frame).to_bytes(4, "little") + frame
    file["PixelData"].is_undefined_length = True
    return file.pixel_array


def with_gaps(frame: bytes) -> bytes:
    """Put a canary before, between and after the segments."""
    count = int.from_bytes(frame[:4], "little")
    offsets = [int.from_bytes(frame[at : at + 4], "little") for at in range(4, 4 + 4 * count, 4)]
    ends = [*offsets[1:], len(frame)]
    body, starts = CANARY, []
    for start, end in zip(offsets, ends, strict=True):
        starts.append(HEADER + len(body))
        body += frame[start:end] + CANARY
    words = [count, *starts]
    head = b"".join(word.to_bytes(4, "little") for word in words)
    return head + (CANARY * 4)[: HEADER - len(head)] + body


@pytest.mark.parametrize("channels", [1, 3])
def test_gaps_and_unused_offsets_go_and_pixels_stay(channels: int) -> None:
    frame = encoded(channels)
    cleaned = clean_rle(with_gaps(frame), PLANE)
    assert CANARY[:4] not in cleaned
    assert cleaned == clean_rle(frame, PLANE) == clean_rle(cleaned, PLANE)
    assert np.array_equal(decoded(cleaned, channels), picture(channels))


@settings(deadline=None)
@given(end=st.integers(0, 600))
def test_a_frame_that_breaks_off_is_refused(end: int) -> None:
    with pytest.raises(UnusableError):
        clean_rle(encoded(1)[:end], PLANE)
