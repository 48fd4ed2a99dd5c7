from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.pixels.processing import apply_color_lut
from pydicom.uid import UID, JPEGBaseline8Bit

from pipeline.io.dicom import decode_frames, decoder_name
from tests.dicom_files import SYNTAXES, screens, us_object, write_object

REAL_OBJECTS = (
    "examples_ybr_color.dcm",
    "examples_jpeg2k.dcm",
    "examples_rgb_color.dcm",
    "examples_palette.dcm",
    "ExplVR_BigEnd.dcm",
    # from pydicom-data: palettes of 65536 entries, two frames, run-length encoding
    "gdcm-US-ALOKA-16.dcm",
    "OBXXXX1A_2frame.dcm",
    "OBXXXX1A_rle.dcm",
)


def real(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


@pytest.mark.parametrize("name", REAL_OBJECTS)
def test_real_objects_decode_as_pydicom_itself_decodes_them(name: str) -> None:
    header = dcmread(real(name))
    expected = header.pixel_array  # pydicom makes RGB of YBR
    if header.PhotometricInterpretation == "PALETTE COLOR":
        expected = (apply_color_lut(expected, header) >> 8).astype(np.uint8)
    decoded = np.stack(list(decode_frames(real(name))))
    assert decoded.dtype == np.uint8
    np.testing.assert_array_equal(decoded, expected.reshape(decoded.shape))


def test_a_palette_of_8_bit_entries_in_16_bits_is_not_black() -> None:
    padded = next(decode_frames(real("OBXXXX1A_expb.dcm")))
    np.testing.assert_array_equal(padded, next(decode_frames(real("OBXXXX1A.dcm"))))


def test_single_frames_are_those_of_the_whole_cine() -> None:
    whole = list(decode_frames(real("examples_ybr_color.dcm")))
    some = list(decode_frames(real("examples_ybr_color.dcm"), [0, 7, 29]))
    np.testing.assert_array_equal(some, [whole[0], whole[7], whole[29]])


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("channels", [1, 3])
def test_lossless_syntaxes_give_the_frames_that_were_stored(
    tmp_path: Path, syntax: UID, channels: int
) -> None:
    frames = screens(3)
    if channels == 3:
        frames = np.stack([frames, frames[::-1], 255 - frames], axis=-1)
    path = write_object(tmp_path / "a.dcm", us_object(frames), syntax)
    np.testing.assert_array_equal(list(decode_frames(path)), frames)
    np.testing.assert_array_equal(list(decode_frames(path, [1])), frames[1:2])


def test_larger_is_brighter_in_8_bits(tmp_path: Path) -> None:
    inverted = us_object(screens(1), PhotometricInterpretation="MONOCHROME1")
    (shown,) = decode_frames(write_object(tmp_path / "a.dcm", inverted))
    np.testing.assert_array_equal(shown, 255 - screens(1)[0])
    deep = (screens(1).astype(np.int64) * 4095 // 255).astype("<u2")
    twelve = us_object(
        screens(1), BitsAllocated=16, BitsStored=12, HighBit=11, PixelData=deep.tobytes()
    )
    (shown,) = decode_frames(write_object(tmp_path / "b.dcm", twelve))
    assert np.abs(shown.astype(int) - screens(1)[0]).max() <= 1


def test_the_decoder_is_named() -> None:
    assert decoder_name(JPEGBaseline8Bit) == "imagecodecs/libjpeg-turbo"
    assert decoder_name(SYNTAXES[0]) == "native"
