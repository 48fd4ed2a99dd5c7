import io
import tracemalloc
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.uid import (
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
)

from pipeline.io.dicom import decode_frames, frame_count
from pipeline.io.encapsulated import encoded_frames
from pipeline.io.inflate import InflatingReader
from pipeline.io.native import native_frame_bytes
from pipeline.io.pixel_file import open_pixels
from pipeline.io.unusable import UnusableError
from tests.dicom_files import SYNTAXES, encode, screens, us_object
from tests.io.encoded_files import speckle


def colour_frames(shape: tuple[int, int] = (48, 64)) -> Any:
    return np.stack([speckle(3, seed, shape) for seed in range(3)])


def file(frames: Any, syntax: UID = ExplicitVRLittleEndian, **changes: Any) -> io.BytesIO:
    return io.BytesIO(encode(us_object(frames, **changes), syntax))


@pytest.mark.parametrize("syntax", SYNTAXES[:4])
def test_planes_and_pixels_give_the_same_frames(syntax: UID) -> None:
    frames = colour_frames()
    planes = np.moveaxis(frames, -1, 1).tobytes()
    shown = list(decode_frames(file(frames, syntax, PlanarConfiguration=1, PixelData=planes)))
    np.testing.assert_array_equal(shown, frames)


@pytest.mark.parametrize("indices", [None, [1], [2, 0]])
def test_words_of_big_endian_files_may_straddle_frames(indices: list[int] | None) -> None:
    frames = colour_frames((7, 9))
    content = frames.tobytes()
    swapped = np.frombuffer(content + b"\0" * (len(content) % 2), "u2").byteswap().tobytes()
    header = us_object(frames, PixelData=swapped)
    written = encode(header, ExplicitVRBigEndian)
    as_words = io.BytesIO(written.replace(b"\x7f\xe0\x00\x10OB", b"\x7f\xe0\x00\x10OW"))
    wanted = range(3) if indices is None else indices
    shown = list(decode_frames(as_words, indices))
    np.testing.assert_array_equal(shown, [frames[index] for index in wanted])


@pytest.mark.parametrize("syntax", SYNTAXES[:4])
def test_a_file_cut_short_is_refused(syntax: UID) -> None:
    whole = file(screens(2), syntax).getvalue()
    for end in (0, 100, 131, 140, 300, len(whole) // 2, len(whole) - 20, len(whole) - 1):
        with pytest.raises(UnusableError):
            frame_count(io.BytesIO(whole[:end]))


def test_less_than_stated_is_refused_and_more_is_measured() -> None:
    wrong: list[dict[str, Any]] = [{"Rows": 121}, {"NumberOfFrames": 3}, {"BitsAllocated": 16}]
    for changes in wrong:
        with pytest.raises(UnusableError, match="wrong_length"):
            next(decode_frames(file(screens(2), **changes)))
    longer = screens(2).tobytes() + b"MUELLER^ANNA"
    with open_pixels(file(screens(2), PixelData=longer)) as pixels:
        assert pixels.length == 2 * native_frame_bytes(pixels) + 12
    np.testing.assert_array_equal(
        list(decode_frames(file(screens(2), PixelData=longer))), screens(2)
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"Rows": 65535, "Columns": 65535}, "absurd_geometry"),
        ({"Rows": 0}, "absurd_geometry"),
        ({"NumberOfFrames": 1_000_000_000}, "wrong_length"),
        ({"NumberOfFrames": -1}, "absurd_geometry"),
        ({"SamplesPerPixel": 4}, "absurd_geometry"),
        ({"SamplesPerPixel": 3}, "absurd_geometry"),
        ({"BitsAllocated": 1}, "absurd_geometry"),
        ({"BitsStored": 9}, "absurd_geometry"),
        ({"PhotometricInterpretation": "CMYK"}, "unknown_colour"),
        ({"PhotometricInterpretation": "PALETTE COLOR"}, "missing_attribute"),
        ({"Rows": None}, "missing_attribute"),
        ({"PixelData": None}, "no_pixels"),
    ],
)
def test_senseless_headers_have_their_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnusableError) as caught:
        next(decode_frames(file(screens(2), **changes)))
    assert caught.value.reason == reason


def test_not_dicom_and_not_encoded() -> None:
    for content in (b"", b"text", b"\0" * 500, b"\x89PNG" * 100):
        with pytest.raises(UnusableError, match="not_dicom"):
            frame_count(io.BytesIO(content))
    with open_pixels(file(screens(1))) as pixels, pytest.raises(UnusableError, match="bad_stream"):
        next(encoded_frames(pixels))


def deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 99))))
def test_an_inflating_reader_reads_like_a_file(
    content: bytes, steps: list[tuple[int, int]]
) -> None:
    inflated = io.BufferedReader(InflatingReader(io.BytesIO(deflated(content))), 16)
    plain = io.BytesIO(content)
    assert inflated.seek(0, io.SEEK_END) == len(content)
    for position, size in steps:
        inflated.seek(position)
        plain.seek(position)
        assert inflated.read(size) == plain.read(size)


def test_a_deflated_bomb_is_stopped_in_little_memory() -> None:
    header = us_object(screens(1))
    plain = encode(header, DeflatedExplicitVRLittleEndian)
    meta = plain[: 132 + 12 + int.from_bytes(plain[140:144], "little")]
    text = b"\x08\x00\x81\x00UT\0\0" + (1 << 29).to_bytes(4, "little")
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    bomb = meta + packer.compress(text)
    bomb += b"".join(packer.compress(bytes(1 << 20)) for _ in range(1 << 7)) + packer.flush()
    tracemalloc.start()
    with pytest.raises(UnusableError, match="deflate_bomb"):
        frame_count(io.BytesIO(bomb))
    assert tracemalloc.get_traced_memory()[1] < 100 << 20
    tracemalloc.stop()
