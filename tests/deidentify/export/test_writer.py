import io
import tracemalloc
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

import data_store
import gdcm
import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
)

from pipeline.deidentify.export.decoded_image import describe_frames
from pipeline.deidentify.export.writer import write_cleaned, write_copied
from pipeline.deidentify.tables import IMPLEMENTATION_CLASS, IMPLEMENTATION_VERSION
from pipeline.io.dicom import decode_frames
from pipeline.io.images import Image
from pipeline.io.pixel_file import open_pixels
from pipeline.io.unusable import UnusableError
from tests.deidentify.export.streams.pictures import CANARY, insert, segment
from tests.dicom_files import SYNTAXES, encode, screens, us_object

Encoding = Literal["native", "jpeg_ls"]
ENCODINGS: tuple[Encoding, ...] = ("native", "jpeg_ls")
OTHERS = Path(next(iter(data_store.__path__))) / "data"
META = {0x00020000, 0x00020001, 0x00020002, 0x00020003, 0x00020010, 0x00020012, 0x00020013}
# Real objects of every kind of pixels: native of both byte orders and planes, palettes of 8 and 16
# bits, RLE, JPEG baseline cine and lossless, JPEG 2000, JPEG-LS, and a colour cine of JPEG-LS.
SHIPPED = (
    "examples_rgb_color.dcm", "examples_palette.dcm", "examples_jpeg2k.dcm",
    "examples_ybr_color.dcm", "ExplVR_BigEnd.dcm", "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_jpeg_gdcm.dcm", "SC_rgb_rle_2frame.dcm", "JPEGLSNearLossless_08.dcm",
)  # fmt: skip
DATA = (
    "color-pl.dcm", "color-px.dcm", "OBXXXX1A_2frame.dcm", "OBXXXX1A_rle_2frame.dcm",
    "OBXXXX1A_expb_2frame.dcm", "JPGLosslessP14SV1_1s_1f_8b.dcm", "US1_J2KI.dcm",
    "gdcm-US-ALOKA-16.dcm", "gdcm-US-ALOKA-16_big.dcm", "emri_small_jpeg_2k_lossless.dcm",
)  # fmt: skip


def path_of(name: str) -> Path:
    return OTHERS / name if name in DATA else Path(str(get_testdata_file(name)))


def header_of(source: Path | bytes) -> Dataset:
    """Return a data set as the cleaner gives it: in explicit little endian, without pixels."""
    header = dcmread(
        source if isinstance(source, Path) else io.BytesIO(source), stop_before_pixels=True
    )
    little = header.original_encoding[1]
    plain = Dataset()
    for element in header:
        if element.VR == "OW" and not little:
            element.value = np.frombuffer(element.value, ">u2").astype("<u2").tobytes()
        if not element.tag.is_private:
            plain.add(element)
    return plain


def export(
    cleaned: Dataset,
    source: Path | bytes,
    frames: Iterable[Image] | None = None,
    encoding: Encoding = "native",
) -> bytes:
    buffer = io.BytesIO()
    stream = source if isinstance(source, Path) else io.BytesIO(source)
    if frames is None:
        with open_pixels(stream) as pixels:
            write_copied(buffer, cleaned, pixels)
    else:
        syntax = dcmread(stream, stop_before_pixels=True).file_meta.TransferSyntaxUID
        write_cleaned(buffer, cleaned, syntax, frames, encoding=encoding)
    return buffer.getvalue()


def by_gdcm(path: Path) -> Any:
    """Return the stored samples of a file as GDCM decodes them."""
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    image = reader.GetImage()
    dtype = np.dtype("u1" if image.GetPixelFormat().GetBitsAllocated() == 8 else "<u2")
    text = image.GetBuffer()
    return np.frombuffer(text.encode("utf-8", "surrogateescape"), dtype)


@pytest.mark.parametrize("name", SHIPPED + DATA)
def test_pixels_of_real_objects_are_the_same_for_two_readers(name: str, tmp_path: Path) -> None:
    source = path_of(name)
    written = export(header_of(source), source)
    assert written == export(header_of(source), source.read_bytes())
    before, after = dcmread(source), dcmread(io.BytesIO(written))
    assert np.array_equal(after.pixel_array, before.pixel_array)
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(written)
    assert np.array_equal(by_gdcm(copy), by_gdcm(source))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "name", ["examples_ybr_color.dcm", "examples_palette.dcm", "ExplVR_BigEnd.dcm"]
)
def test_cleaned_frames_are_stored_without_loss(
    name: str, encoding: Encoding, tmp_path: Path
) -> None:
    source = path_of(name)
    frames = list(decode_frames(source))
    copy = tmp_path / "copy.dcm"
    copy.write_bytes(export(header_of(source), source, iter(frames), encoding))
    assert all(map(np.array_equal, decode_frames(copy), frames))
    written = dcmread(copy)
    assert written.file_meta.TransferSyntaxUID == (
        ExplicitVRLittleEndian if encoding == "native" else JPEGLSLossless
    )
    assert written.PhotometricInterpretation == "RGB"
    assert (written.SamplesPerPixel, written.PlanarConfiguration) == (3, 0)
    assert (written.BitsAllocated, written.BitsStored, written.HighBit) == (8, 8, 7)
    assert "RedPaletteColorLookupTableDescriptor" not in written
    assert written.get("NumberOfFrames", 1) == len(frames)
    lossy = name == "examples_ybr_color.dcm"
    assert (written.get("LossyImageCompression") == "01") == lossy
    assert np.array_equal(by_gdcm(copy).reshape(np.shape(frames)), frames)


@pytest.mark.parametrize("stated", ["00", "01", "", None])
@pytest.mark.parametrize("syntax", [JPEG2000, JPEG2000Lossless])
def test_a_denied_loss_is_believed_where_the_syntax_has_a_form_without(
    syntax: UID, stated: str | None
) -> None:
    header = us_object(LossyImageCompression=stated)
    describe_frames(header, screens(1)[0], syntax)
    lossy = stated == "01" or (syntax == JPEG2000 and stated != "00")
    assert (header.get("LossyImageCompression") == "01") == lossy
    assert ("LossyImageCompressionMethod" in header) == (lossy and syntax == JPEG2000)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_deep_or_inverted_greys_become_plain_ones(encoding: Encoding) -> None:
    frames = screens(3)
    header = us_object(
        PhotometricInterpretation="MONOCHROME1", WindowCenter=1, WindowWidth=2,
        SmallestImagePixelValue=0, PresentationLUTShape="INVERSE", PixelPaddingValue=0,
    )  # fmt: skip
    header.NumberOfFrames = 3
    source = encode(us_object(frames, PhotometricInterpretation="MONOCHROME1"))
    del header.PixelData
    written = dcmread(io.BytesIO(export(header, source, frames, encoding)))
    assert np.array_equal(written.pixel_array, frames)
    assert written.PhotometricInterpretation == "MONOCHROME2"
    assert written.PresentationLUTShape == "IDENTITY"
    for keyword in ("WindowCenter", "WindowWidth", "SmallestImagePixelValue", "PixelPaddingValue"):
        assert keyword not in written
    assert header.PhotometricInterpretation == "MONOCHROME1"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_head_of_a_file_is_made_anew(syntax: UID) -> None:
    source = bytearray(encode(us_object(), syntax=syntax))
    source[:128] = (CANARY * 8)[:128]
    file = dcmread(io.BytesIO(source))
    file.file_meta.SourceApplicationEntityTitle = "ZQ17KMUELLER"
    file.file_meta.PrivateInformationCreatorUID = UID("1.2.3")
    file.file_meta.PrivateInformation = CANARY
    buffer = io.BytesIO()
    file.save_as(buffer)
    cleaned = header_of(bytes(source))
    cleaned.SOPInstanceUID = "2.25.1"
    content = export(cleaned, buffer.getvalue())
    written = dcmread(io.BytesIO(content))
    assert content[:132] == bytes(128) + b"DICM"
    assert b"ZQ17K" not in content
    assert set(written.file_meta.keys()) == META
    assert written.file_meta.MediaStorageSOPInstanceUID == "2.25.1"
    assert written.file_meta.ImplementationClassUID == IMPLEMENTATION_CLASS
    assert written.file_meta.ImplementationVersionName == IMPLEMENTATION_VERSION
    assert IMPLEMENTATION_CLASS.is_valid
    assert np.array_equal(written.pixel_array, screens())


def fragments(*values: bytes) -> bytes:
    padded = [value + bytes(len(value) % 2) for value in values]
    items = [b"\xfe\xff\x00\xe0" + len(value).to_bytes(4, "little") + value for value in padded]
    return b"".join(items)


@pytest.mark.parametrize(
    "kind", ["trailing", "padding", "overlay bits", "comment", "extra", "table"]
)
def test_nothing_hides_beside_the_pixels(kind: str) -> None:
    source = path_of("examples_ybr_color.dcm")
    file: Dataset = dcmread(source)
    frames = list(_frames_of(file))
    if kind in ("trailing", "overlay bits"):
        file = us_object(screens().astype(np.uint16) if kind == "overlay bits" else screens())
        file.PixelData += CANARY + CANARY[:1]
        if kind == "overlay bits":
            file.BitsAllocated = 16
            file.PixelData = (screens().astype("<u2") | 0x5A00).tobytes()
        content = encode(file)
    else:
        if kind == "padding":
            frames[-1] += CANARY
        elif kind == "comment":
            frames = [insert(frame, 2, segment(0xFE, CANARY)) for frame in frames]
        file.PixelData = fragments(CANARY if kind == "table" else b"", *frames)
        if kind == "extra":
            file.DataSetTrailingPadding = CANARY
        buffer = io.BytesIO()
        file.save_as(buffer)
        content = buffer.getvalue()
    written = export(header_of(content), content)
    assert CANARY[:8] not in written
    reread = dcmread(io.BytesIO(written))
    shown = screens() if kind in ("trailing", "overlay bits") else dcmread(source).pixel_array
    assert np.array_equal(reread.pixel_array, shown)


def _frames_of(file: Dataset) -> Iterator[bytes]:
    from pydicom.encaps import generate_frames

    yield from generate_frames(file.PixelData, number_of_frames=int(file.NumberOfFrames))


def test_frames_in_many_fragments_are_joined_whatever_the_table_says() -> None:
    file = dcmread(path_of("examples_ybr_color.dcm"))
    halves = [half for frame in _frames_of(file) for half in (frame[:1000], frame[1000:])]
    shown = file.pixel_array
    for table in (b"", bytes(4 * 30), b"\xff" * 120):
        file.PixelData = fragments(table, *halves)
        buffer = io.BytesIO()
        file.save_as(buffer)
        written = dcmread(io.BytesIO(export(header_of(buffer.getvalue()), buffer.getvalue())))
        assert np.array_equal(written.pixel_array, shown)


@pytest.mark.parametrize(
    ("changes", "frames", "reason"),
    [
        ({"Rows": 121}, None, "pixel_description"),
        ({"NumberOfFrames": None}, None, "pixel_description"),
        ({}, screens(1), "frame_count"),
        ({}, screens(3), "frame_count"),
        ({}, [], "no_frames"),
        ({}, screens()[:, 1:], "wrong_size"),
        ({}, [screens()[0], screens()[0][1:]], "wrong_size"),
    ],
)
def test_what_does_not_agree_is_refused(changes: dict[str, Any], frames: Any, reason: str) -> None:
    source = encode(us_object())
    cleaned = header_of(source)
    for keyword, value in changes.items():
        setattr(cleaned, keyword, value)
    with pytest.raises(UnusableError) as error:
        export(cleaned, source, frames)
    assert error.value.reason == reason


@pytest.mark.parametrize("name", ["examples_ybr_color.dcm", "examples_rgb_color.dcm"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_file_that_breaks_off_is_refused(name: str, share: float) -> None:
    content = path_of(name).read_bytes()
    with pytest.raises(UnusableError):
        export(header_of(content), content[: int(share * len(content))])


class Nowhere(io.RawIOBase):
    """A file that forgets what is written, and counts it."""

    size = 0

    def write(self, content: Any) -> int:
        self.size += len(content)
        return len(content)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_long_cine_is_written_in_constant_memory(encoding: Encoding) -> None:
    cleaned = header_of(encode(us_object(screens(1))))
    cleaned.NumberOfFrames, cleaned.Rows, cleaned.Columns = 850, 480, 640
    frame = np.zeros((480, 640, 3), np.uint8)
    tracemalloc.start()
    handle: Any = Nowhere()
    frames = (frame for _ in range(850))
    write_cleaned(handle, cleaned, ExplicitVRLittleEndian, frames, encoding=encoding)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20e6
    assert (handle.size > 850 * frame.size) == (encoding == "native")
