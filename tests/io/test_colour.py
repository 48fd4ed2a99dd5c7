import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.pixels.processing import apply_color_lut, convert_color_space
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, RLELossless

from pipeline.io.dicom import decode_frames
from tests.dicom_files import encode, us_object
from tests.io.encoded_files import speckle

COLOURS = ("Red", "Green", "Blue")


def shown(frames: Any, syntax: UID = ExplicitVRLittleEndian, **changes: Any) -> Any:
    return np.stack(list(decode_frames(io.BytesIO(encode(us_object(frames, **changes), syntax)))))


def test_full_range_ybr_is_pydicoms_rgb() -> None:
    levels = np.arange(0, 256, 3, dtype=np.uint8)
    every = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, 86, -1, 3)
    found = shown(every, PhotometricInterpretation="YBR_FULL")
    np.testing.assert_array_equal(found, convert_color_space(every, "YBR_FULL", "RGB"))


def halved(ybr: Any) -> bytes:
    pairs = ybr.reshape(-1, 2, 3)
    stored = [pairs[:, 0, 0], pairs[:, 1, 0], pairs[:, 0, 1], pairs[:, 0, 2]]
    return np.stack(stored, axis=-1).tobytes()


def test_halved_chroma_is_doubled_and_whole_chroma_recognised() -> None:
    ybr = speckle(3)[None]
    ybr[:, :, 1::2, 1:] = ybr[:, :, ::2, 1:]
    stated: dict[str, Any] = {"PhotometricInterpretation": "YBR_FULL_422"}
    expected = convert_color_space(ybr, "YBR_FULL", "RGB")
    np.testing.assert_array_equal(shown(ybr, PixelData=halved(ybr), **stated), expected)
    np.testing.assert_array_equal(shown(ybr, **stated), expected)


def test_partial_range_spans_black_to_white() -> None:
    ybr = np.full((1, 2, 4, 3), 128, np.uint8)
    ybr[0, :, :, 0] = [16, 235, 0, 126]
    found = shown(ybr, PixelData=halved(ybr), PhotometricInterpretation="YBR_PARTIAL_422")
    np.testing.assert_array_equal(found[0, 0, :, 0], [0, 255, 0, 128])
    assert np.ptp(found, axis=-1).max() == 0


@given(st.integers(1, 16), st.booleans())
def test_grey_levels_keep_their_order_at_any_depth(depth: int, signed: bool) -> None:
    allocated = 8 if depth <= 8 else 16
    lowest = -(1 << (depth - 1)) if signed else 0
    levels = np.linspace(lowest, lowest + (1 << depth) - 1, 32).astype(np.int32)
    stored = levels.astype("<i2" if allocated == 16 else "i1").reshape(1, 4, 8)
    changes: dict[str, Any] = {
        "BitsAllocated": allocated,
        "BitsStored": depth,
        "HighBit": depth - 1,
        "PixelRepresentation": int(signed),
        "PixelData": stored.tobytes(),
    }
    found = shown(np.zeros((1, 4, 8), np.uint8), **changes).ravel().astype(int)
    assert (found[0], found[-1]) == (0, 255)
    assert (np.diff(found) >= 0).all()
    inverted = shown(
        np.zeros((1, 4, 8), np.uint8), PhotometricInterpretation="MONOCHROME1", **changes
    )
    np.testing.assert_array_equal(inverted.ravel(), 255 - found)


def placed(frames: Any, depth: int, unused: int, signed: bool = False) -> dict[str, Any]:
    """Return frames of `depth` bits in words, with other bits set below and above them."""
    mask = (1 << depth) - 1
    words = (frames.astype(np.int64) & mask) << unused | (0xFFFF & ~(mask << unused))
    return {
        "BitsAllocated": 16,
        "BitsStored": depth,
        "HighBit": depth - 1 + unused,
        "PixelRepresentation": int(signed),
        "PixelData": words.astype("<u2").tobytes(),
    }


@given(st.integers(1, 16), st.integers(0, 15), st.booleans())
def test_samples_are_read_where_the_header_says(depth: int, unused: int, signed: bool) -> None:
    frames = np.linspace(0, (1 << depth) - 1, 32).astype(np.int32).reshape(1, 4, 8)
    expected = shown(frames, **placed(frames, depth, 0, signed))
    found = shown(frames, **placed(frames, depth, min(unused, 16 - depth), signed))
    np.testing.assert_array_equal(found, expected)


def test_samples_in_the_high_bits_have_their_colours_and_run_lengths() -> None:
    frames = speckle()[None]
    stated = placed(frames, 8, 8)
    header = us_object(frames, **stated | {"BitsStored": 16})
    encode(header, RLELossless)  # whole words: pydicom would drop the lower bytes
    header.BitsStored = 8
    file = io.BytesIO()
    header.save_as(file, enforce_file_format=True)
    np.testing.assert_array_equal(list(decode_frames(file)), frames)
    colours = palette(256, 0, 16)
    np.testing.assert_array_equal(shown(frames, **stated | colours), shown(frames, **colours))


def test_a_highest_bit_where_none_can_be_says_nothing() -> None:
    frames = speckle()[None]
    for impossible in (3, 8, 15):
        np.testing.assert_array_equal(shown(frames, HighBit=impossible), frames)


def palette(entries: int, first: int, bits: int, order: str = "<") -> dict[str, Any]:
    rising = np.arange(entries) * ((1 << bits) - 1) // (entries - 1)
    tables = (rising, rising[::-1], rising // 2)
    dtype = f"{order}u2" if bits == 16 else "u1"
    found: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour, table in zip(COLOURS, tables, strict=True):
        found[f"{colour}PaletteColorLookupTableDescriptor"] = [entries % (1 << 16), first, bits]
        content = table.astype(dtype).tobytes()
        content += b"\0" * (len(content) % 2)
        found[f"{colour}PaletteColorLookupTableData"] = content
    return found


@pytest.mark.parametrize(
    ("entries", "first", "bits"), [(256, 0, 16), (256, 0, 8), (200, 17, 16), (100, 0, 8)]
)
def test_palettes_map_as_in_pydicom(entries: int, first: int, bits: int) -> None:
    frames = speckle()[None]
    changes = palette(entries, first, bits)
    expected = apply_color_lut(frames, us_object(frames, **changes)) >> (bits - 8)
    np.testing.assert_array_equal(shown(frames, **changes), expected)


def test_palettes_of_odd_length_big_endian_and_65536_entries() -> None:
    frames = speckle()[None]
    odd = shown(frames, **palette(255, 0, 8))
    np.testing.assert_array_equal(odd[..., 0], np.minimum(frames, 254).astype(int) * 255 // 254)
    big = shown(frames, ExplicitVRBigEndian, **palette(256, 0, 16, ">"))
    np.testing.assert_array_equal(big, shown(frames, **palette(256, 0, 16)))
    deep = (frames.astype(np.uint16) * 257).astype("<u2")
    wide: dict[str, Any] = {
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelData": deep.tobytes(),
    }
    found = shown(frames, **wide, **palette(1 << 16, 0, 16))
    np.testing.assert_array_equal(found[..., 0], frames)


def test_segmented_palettes_are_expanded() -> None:
    frames = speckle()[None]
    # PS3.3 C.7.9.2: one discrete entry, then a line to the last.
    segments = np.array([0, 1, 0, 1, 255, 0xFFFF], "<u2").tobytes()
    changes: dict[str, Any] = {"PhotometricInterpretation": "PALETTE COLOR"}
    for colour in COLOURS:
        changes[f"{colour}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        changes[f"Segmented{colour}PaletteColorLookupTableData"] = segments
    file = io.BytesIO(encode(us_object(frames, **changes)))
    expected = apply_color_lut(frames, dcmread(io.BytesIO(file.getvalue()))) >> 8
    np.testing.assert_array_equal(list(decode_frames(file)), expected)
    assert np.abs(expected[..., 0].astype(int) - frames).max() <= 1
