import io
import struct

import numpy as np
import pytest
from pydicom import uid

from pipeline.io.dicom import decode_frames, frame_count
from pipeline.io.encapsulated import encoded_frames
from pipeline.io.pixel_file import open_pixels
from pipeline.io.unusable import UnusableError
from tests.io.encoded_files import ITEM, encapsulated, items, padded, speckle
from tests.io.test_decoders import charls, jpeg

IMAGES = [speckle(1, seed) for seed in range(3)]
FRAMES = [padded(charls(image)) for image in IMAGES]
TABLE = np.cumsum([0, *(8 + len(frame) for frame in FRAMES[:2])]).astype("<u4").tobytes()


def halves(frame: bytes) -> list[bytes]:
    middle = len(frame) // 4 * 2
    return [frame[:middle], frame[middle:]]


def cine(pixels: bytes, stated: int = 3) -> io.BytesIO:
    return encapsulated(FRAMES, uid.JPEGLSLossless, IMAGES[0], pixels, NumberOfFrames=stated)


def encoded(file: io.BytesIO) -> list[bytes]:
    with open_pixels(file) as pixels:
        return list(encoded_frames(pixels))


SPLIT = [part for frame in FRAMES for part in halves(frame)]
WRONG = struct.pack("<3L", 0, 10, 20)


@pytest.mark.parametrize(
    "pixels",
    [
        items(FRAMES),
        items(FRAMES, TABLE),
        items(FRAMES, WRONG),
        items(SPLIT),
        items(SPLIT, WRONG),
        items([*halves(FRAMES[0]), FRAMES[1], *halves(FRAMES[2])], b"\0\0\0\0"),
        items([*FRAMES, b""]),
    ],
    ids=["none", "right", "wrong", "split", "split wrong", "uneven", "empty fragment"],
)
def test_frames_are_found_whatever_the_offset_table_says(pixels: bytes) -> None:
    file = cine(pixels)
    assert encoded(file) == FRAMES
    assert frame_count(file) == 3
    np.testing.assert_array_equal(list(decode_frames(file)), IMAGES)
    np.testing.assert_array_equal(list(decode_frames(file, [2, 1])), [IMAGES[2], IMAGES[1]])


def test_extended_offsets_do_no_harm() -> None:
    file = encapsulated(
        FRAMES,
        uid.JPEGLSLossless,
        IMAGES[0],
        items(FRAMES),
        ExtendedOffsetTable=np.array([0, 7, 9], "<u8").tobytes(),
        ExtendedOffsetTableLengths=np.array([1, 1, 1], "<u8").tobytes(),
    )
    assert encoded(file) == FRAMES


def test_the_table_is_asked_when_fragments_start_like_no_image() -> None:
    parts = [b"\1\2\3\4", b"\5\6", b"\7\x08"]
    table = struct.pack("<2L", 0, 12)
    file = encapsulated(FRAMES, uid.RLELossless, IMAGES[0], items(parts, table), NumberOfFrames=2)
    assert encoded(file) == [b"\1\2\3\4", b"\5\6\7\x08"]


@pytest.mark.parametrize("stated", [1, 2, 4, 100])
def test_fewer_or_more_frames_than_stated_are_refused(stated: int) -> None:
    for pixels in (items(FRAMES), items(SPLIT), items(FRAMES, TABLE)):
        with pytest.raises(UnusableError, match="frame_count"):
            frame_count(cine(pixels, stated))


def test_a_cine_that_breaks_off_anywhere_is_refused() -> None:
    whole = cine(items(FRAMES, TABLE)).getvalue()
    start = whole.index(ITEM + struct.pack("<L", len(TABLE)))
    for end in range(start, len(whole), 37):
        with pytest.raises(UnusableError, match="truncated"):
            frame_count(io.BytesIO(whole[:end]))


def test_a_frame_without_its_end_is_refused() -> None:
    image = speckle(3)
    file = encapsulated([jpeg(image)[:-30]], uid.JPEGBaseline8Bit, image)
    with pytest.raises(UnusableError, match="truncated"):
        next(decode_frames(file))


@pytest.mark.parametrize("length", [0xFFFFFFFE, 1 << 30])
def test_a_fragment_cannot_claim_more_than_the_file_holds(length: int) -> None:
    with pytest.raises(UnusableError, match="truncated"):
        frame_count(cine(items([]).replace(b"\xfe\xff\xdd", ITEM + struct.pack("<L", length))))


def test_the_file_stays_open_and_any_order_of_reading_works() -> None:
    file = cine(items(FRAMES))
    left, right = decode_frames(file), decode_frames(file)
    for image in IMAGES:
        np.testing.assert_array_equal(next(left), image)
        np.testing.assert_array_equal(next(right), image)
    assert not file.closed
    with pytest.raises(IndexError):
        next(decode_frames(file, [3]))
    assert list(decode_frames(file, [])) == []
