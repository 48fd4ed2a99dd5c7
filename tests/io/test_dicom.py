import io
import subprocess
import sys
from pathlib import Path

import data_store
import deid_data
import numpy as np
import pydicom
import pytest
import SimpleITK
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID, JPEGBaseline8Bit

from pipeline.io.dicom import decode_frames, decoder_name, frame_count
from pipeline.io.unusable import PIXEL_REASONS, UnusableError
from tests.dicom_files import SYNTAXES, screens, us_object, write_object

PACKAGES = (pydicom, data_store, deid_data)


def real(name: str) -> Path:
    return Path(str(get_testdata_file(name, download=False)))


def ultrasound_objects() -> list[Path]:
    """Return every real ultrasound object of the packages that carry test files."""
    found = []
    for package in PACKAGES:
        for path in sorted(Path(str(package.__file__)).parent.rglob("*.dcm")):
            try:
                modality = dcmread(path, specific_tags=["Modality"]).get("Modality")
            except InvalidDicomError:
                continue
            found += [path] if modality == "US" else []
    return found


REAL_OBJECTS = ultrasound_objects()


def test_the_real_objects_are_there() -> None:
    assert len(REAL_OBJECTS) >= 24


@pytest.mark.parametrize("path", REAL_OBJECTS, ids=lambda path: path.stem)
def test_real_objects_decode_as_in_gdcm(path: Path) -> None:
    other = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    # Palettes of 16 bits; some hold entries of 8 bits in them.
    other = other >> 8 if other.max() > 255 else other
    decoded = np.stack(list(decode_frames(path)))
    assert decoded.dtype == np.uint8
    assert len(decoded) == frame_count(path)
    np.testing.assert_array_equal(decoded, other.reshape(decoded.shape))


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


CINE = "color3d_jpeg_baseline.dcm"
MEASURE = """
import sys
from pathlib import Path
from pipeline.io.dicom import decode_frames
frames = sum(1 for _ in decode_frames(Path(sys.argv[1])))
(peak,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
print(frames, int(peak.split()[1]) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux keeps this account")
def test_a_cine_of_120_frames_is_never_whole_in_memory() -> None:
    command = [sys.executable, "-c", MEASURE, str(real(CINE))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    frames, peak = done.stdout.split()
    assert int(frames) == 120
    assert int(peak) < 350


CORPUS = [
    real(name).read_bytes()
    for name in ("ExplVR_BigEnd.dcm", "examples_ybr_color.dcm", "OBXXXX1A_rle.dcm", "US1_J2KI.dcm")
]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_file_gives_frames_or_a_reason(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from(CORPUS)))
    for _ in range(data.draw(st.integers(1, 8))):
        # Mostly in the header: damage to pixels is rarely noticed, and never harmful.
        last = data.draw(st.sampled_from([4000, len(content) - 1]))
        content[data.draw(st.integers(132, last))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    try:
        for frame in decode_frames(io.BytesIO(content[:end])):
            assert frame.dtype == np.uint8
    except UnusableError as fault:
        assert fault.reason in PIXEL_REASONS
