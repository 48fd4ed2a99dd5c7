import io

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openjpeg.utils import decode, encode_array
from PIL import Image

from pipeline.deidentify.export.streams.boxes import box
from pipeline.deidentify.export.streams.jpeg2000 import clean_jpeg2000
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, Picture, insert, picture, segment

imagecodecs = pytest.importorskip("imagecodecs")
COMMENT = segment(0x64, b"\0\x01" + CANARY)


def plain(channels: int) -> bytes:
    return bytes(
        encode_array(
            picture(channels), photometric_interpretation=1 if channels == 3 else 2, add_tlm=True
        )
    )


def tiled(channels: int) -> bytes:
    """Return a codestream of several tiles, each with its own header."""
    buffer = io.BytesIO()
    Image.fromarray(picture(channels)).save(
        buffer, "JPEG2000", no_jp2=True, tile_size=(32, 16), irreversible=False
    )
    return buffer.getvalue()


def high_throughput(channels: int) -> bytes:
    return bytes(imagecodecs.htj2k_encode(picture(channels), reversible=True))


def decoded(encoded: bytes) -> Picture:
    return np.asarray(decode(encoded), np.uint8)


STREAMS = {
    f"{make.__name__}{channels}": make(channels)
    for make in (plain, tiled, high_throughput)
    for channels in (1, 3)
}


def tile_part_starts(encoded: bytes) -> list[int]:
    """Follow the tile-parts' own lengths, as a decoder does."""
    starts, position = [], encoded.index(b"\xff\x90\x00\x0a")
    while encoded[position : position + 2] == b"\xff\x90":
        starts.append(position)
        position += int.from_bytes(encoded[position + 6 : position + 10], "big")
    assert encoded[position : position + 2] == b"\xff\xd9"
    return starts


def with_tile_comments(encoded: bytes) -> bytes:
    """Plant a comment in every tile-part's header, and lengthen the tile-part by it."""
    for start in reversed(tile_part_starts(encoded)):
        length = int.from_bytes(encoded[start + 6 : start + 10], "big") + len(COMMENT)
        head = (
            encoded[start : start + 6]
            + length.to_bytes(4, "big")
            + encoded[start + 10 : start + 12]
        )
        encoded = encoded[:start] + head + COMMENT + encoded[start + 12 :]
    return encoded


@pytest.mark.parametrize("name", STREAMS)
def test_comments_of_all_headers_go_and_pixels_stay(name: str) -> None:
    encoded = STREAMS[name]
    main_end = tile_part_starts(encoded)[0]
    for dirty in (
        insert(encoded, main_end, COMMENT),
        with_tile_comments(encoded),
        encoded + CANARY,
    ):
        cleaned = clean_jpeg2000(dirty)
        assert CANARY not in cleaned
        assert len(tile_part_starts(cleaned)) == len(tile_part_starts(encoded))
        assert np.array_equal(decoded(cleaned), decoded(encoded))


def test_tile_part_lengths_are_put_right() -> None:
    encoded = STREAMS["plain3"]
    assert b"\xff\x55" in encoded[: tile_part_starts(encoded)[0]]
    assert clean_jpeg2000(with_tile_comments(encoded)) == clean_jpeg2000(encoded)


def test_a_last_tile_part_without_length_is_read_to_the_end() -> None:
    encoded = STREAMS["high_throughput1"]
    last = tile_part_starts(encoded)[-1]
    unknown = encoded[: last + 6] + bytes(4) + encoded[last + 10 :]
    assert clean_jpeg2000(unknown) == clean_jpeg2000(encoded)


def test_a_file_wrapper_is_stripped_to_its_codestream() -> None:
    wrapped = cv2.imencode(".jp2", picture(3))[1].tobytes()
    start = wrapped.index(b"\xff\x4f\xff\x51")
    dirty = insert(wrapped, start - 8, box(b"xml ", CANARY))
    cleaned = clean_jpeg2000(dirty + box(b"uuid", CANARY))
    assert cleaned.startswith(b"\xff\x4f\xff\x51")
    assert CANARY not in cleaned
    assert np.array_equal(decoded(cleaned), decoded(wrapped[start:]))


@settings(deadline=None)
@given(share=st.floats(0, 1, exclude_max=True), name=st.sampled_from(sorted(STREAMS)))
def test_a_stream_that_breaks_off_is_refused(share: float, name: str) -> None:
    encoded = STREAMS[name]
    with pytest.raises(UnusableError):
        clean_jpeg2000(encoded[: int(share * (len(encoded) - 1))])


@settings(max_examples=300, deadline=None)
@given(position=st.integers(0, len(STREAMS["tiled3"]) - 1), value=st.integers(0, 255))
def test_a_damaged_stream_is_cleaned_or_refused(position: int, value: int) -> None:
    damaged = bytearray(STREAMS["tiled3"])
    damaged[position] = value
    try:
        clean_jpeg2000(bytes(damaged))
    except UnusableError as error:
        assert error.reason == "pixel_stream"
