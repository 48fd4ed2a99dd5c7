"""Every still syntax: frames of one encoder, decoded by ours and by a second, independent decoder.

Lossless syntaxes agree exactly. Lossy ones agree with the second decoder within the stated levels.
"""

import io
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import imagecodecs
import jpeg_ls
import numpy as np
import pytest
import SimpleITK
import simplejpeg
from openjpeg.utils import encode_array
from PIL import Image as Pillow
from pydicom import dcmread, uid
from pydicom.encaps import generate_frames
from pydicom.pixels.decoders.base import get_decoder

from pipeline.io.dicom import DECODERS, decode_frames
from pipeline.io.unusable import MissingDecoderError, UnusableError
from tests.io.encoded_files import Stored, encapsulated, speckle

Encoder = Callable[[Stored], bytes]


def turbo(image: Stored, predictor: int) -> bytes:
    depth = 8 if image.dtype == np.uint8 else 16
    return bytes(
        imagecodecs.jpeg8_encode(image, lossless=True, predictor=predictor, bitspersample=depth)
    )


def charls(image: Stored, near: int = 0) -> bytes:
    return bytes(jpeg_ls.encode_array(image, lossy_error=near))


def jpeg_2000(image: Stored, **options: Any) -> bytes:
    return bytes(encode_array(image, photometric_interpretation=image.ndim // 3, **options))


def high_throughput(image: Stored, **options: Any) -> bytes:
    return bytes(imagecodecs.htj2k_encode(image, **options))


def jpeg_xl(image: Stored, **options: Any) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(image, **{"lossless": True} | options))


def jpeg(image: Stored, subsampling: str = "422") -> bytes:
    if image.ndim == 2:
        return bytes(simplejpeg.encode_jpeg(image[..., None].copy(), 92, colorspace="GRAY"))
    return bytes(simplejpeg.encode_jpeg(image, 92, colorsubsampling=subsampling))


def deep(channels: int) -> Stored:
    return np.array(speckle(channels).astype(np.uint16) * 16 + 3)


LOSSLESS: list[tuple[str, Encoder, Encoder]] = [
    # syntax, encoder of grey, encoder of RGB
    (uid.JPEGLosslessSV1, lambda a: turbo(a, 1), lambda a: turbo(a, 1)),
    (uid.JPEGLossless, lambda a: turbo(a, 6), lambda a: turbo(a, 6)),
    (uid.JPEGLSLossless, charls, charls),
    (uid.JPEG2000Lossless, jpeg_2000, jpeg_2000),
    (uid.HTJ2KLossless, high_throughput, high_throughput),
    (uid.HTJ2KLosslessRPCL, high_throughput, high_throughput),
    ("1.2.840.10008.1.2.4.110", jpeg_xl, jpeg_xl),
]


@pytest.mark.parametrize("case", LOSSLESS, ids=lambda case: str(case[0]))
def test_lossless_syntaxes_return_what_was_encoded(case: tuple[str, Encoder, Encoder]) -> None:
    syntax, grey, colour = case
    for encode, channels in ((grey, 1), (colour, 3)):
        images = [speckle(channels, seed) for seed in range(3)]
        file = encapsulated([encode(image) for image in images], syntax, images[0])
        np.testing.assert_array_equal(list(decode_frames(file)), images)
        np.testing.assert_array_equal(list(decode_frames(file, [2, 0])), [images[2], images[0]])


@pytest.mark.parametrize("case", LOSSLESS, ids=lambda case: str(case[0]))
def test_16_bits_keep_their_order(case: tuple[str, Encoder, Encoder]) -> None:
    stored = deep(1)
    described: dict[str, Any] = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11}
    file = encapsulated([case[1](stored)], case[0], stored, **described)
    (shown,) = decode_frames(file)
    np.testing.assert_array_equal(shown, stored.astype(int) * 255 // 4095)


def second(file: io.BytesIO, plugin: str) -> Stored:
    """Return the first frame as pydicom decodes it by a plugin of another library."""
    header = dcmread(io.BytesIO(file.getvalue()))
    decoder = get_decoder(header.file_meta.TransferSyntaxUID)
    array, _ = decoder.as_array(header, index=0, decoding_plugin=plugin)
    return np.asarray(array)


def difference(left: Stored, right: Stored) -> int:
    return int(np.abs(left.astype(int) - right.astype(int)).max())


@pytest.mark.parametrize(
    ("syntax", "encode", "plugin", "channels"),
    [
        (uid.JPEGBaseline8Bit, jpeg, "gdcm", 1),
        (uid.JPEGBaseline8Bit, jpeg, "pillow", 3),
        (uid.JPEGExtended12Bit, jpeg, "gdcm", 1),
        (uid.JPEGLosslessSV1, LOSSLESS[0][1], "gdcm", 1),
        (uid.JPEGLosslessSV1, LOSSLESS[0][2], "gdcm", 3),
        (uid.JPEGLossless, LOSSLESS[1][1], "gdcm", 1),
        (uid.JPEGLSLossless, charls, "gdcm", 1),
        (uid.JPEGLSNearLossless, lambda a: charls(a, 2), "gdcm", 1),
        (uid.JPEGLSNearLossless, lambda a: charls(a, 2), "pyjpegls", 3),
        (uid.JPEG2000, lambda a: jpeg_2000(a, compression_ratios=[8]), "pylibjpeg", 1),
        (uid.JPEG2000, lambda a: jpeg_2000(a, compression_ratios=[8]), "gdcm", 3),
    ],
)
def test_a_second_decoder_agrees(syntax: str, encode: Encoder, plugin: str, channels: int) -> None:
    image = speckle(channels)
    colour: dict[str, Any] = {}
    if encode is jpeg and channels == 3:
        colour["PhotometricInterpretation"] = "YBR_FULL_422"
    file = encapsulated([encode(image)], syntax, image, **colour)
    (shown,) = decode_frames(file)
    assert difference(shown, second(file, plugin)) <= 1
    assert difference(shown, image) < 40


@pytest.mark.parametrize("channels", [1, 3])
def test_lossy_htj2k_agrees_with_openjph(channels: int) -> None:
    image = speckle(channels)
    content = high_throughput(image, level=0.01, reversible=False)
    (shown,) = decode_frames(encapsulated([content], uid.HTJ2K, image))
    assert difference(shown, imagecodecs.htj2k_decode(content)) <= 1
    assert difference(shown, image) < 12


def test_12_bit_jpeg_agrees_with_gdcm(tmp_path: Path) -> None:
    stored = deep(1)
    content = bytes(imagecodecs.jpeg8_encode(stored, level=95, bitspersample=12))
    described: dict[str, Any] = {"BitsAllocated": 16, "BitsStored": 12, "HighBit": 11}
    file = encapsulated([content], uid.JPEGExtended12Bit, stored, **described)
    (shown,) = decode_frames(file)
    (tmp_path / "a.dcm").write_bytes(file.getvalue())
    (other,) = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(tmp_path / "a.dcm")))
    assert difference(shown, other.astype(int) * 255 // 4095) <= 1
    assert difference(shown, stored.astype(int) * 255 // 4095) <= 2


def test_jpeg_xl_agrees_with_the_jpeg_that_it_recompresses() -> None:
    image = speckle(3)
    plain = jpeg(image, "444")
    packed = bytes(imagecodecs.jpegxl_encode_jpeg(plain))
    file = encapsulated([packed], "1.2.840.10008.1.2.4.111", image)
    assert difference(next(decode_frames(file)), simplejpeg.decode_jpeg(plain)) <= 4
    lossy = encapsulated([jpeg_xl(image, lossless=False)], "1.2.840.10008.1.2.4.112", image)
    assert difference(next(decode_frames(lossy)), image) < 12


@pytest.mark.parametrize("content", [1, 3])
def test_run_lengths_agree_with_pydicom(content: int) -> None:
    image = speckle(content)
    header = dcmread(encapsulated([b"\0\0"], uid.RLELossless, image))
    header.file_meta.TransferSyntaxUID = uid.ExplicitVRLittleEndian
    header.PixelData = image.tobytes()
    header["PixelData"].is_undefined_length = False
    header.compress(uid.RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    frames = list(generate_frames(header.PixelData, number_of_frames=1))
    file = encapsulated(frames, uid.RLELossless, image)
    np.testing.assert_array_equal(next(decode_frames(file)), image)
    np.testing.assert_array_equal(second(file, "pydicom"), image)


def saved_jpeg(image: Stored, stated: str) -> bytes:
    """Return a JPEG of RGB samples as they are, with an Adobe marker that says so."""
    return bytes(imagecodecs.jpeg8_encode(image, 95, colorspace="RGB", outcolorspace=stated))


@pytest.mark.parametrize(
    ("inside", "header"), product(["RGB", "YCBCR"], ["RGB", "YBR_FULL_422", "YBR_FULL"])
)
def test_the_stream_knows_its_colours_better_than_the_header(inside: str, header: str) -> None:
    image = speckle(3)
    content = saved_jpeg(image, inside)
    file = encapsulated([content], uid.JPEGBaseline8Bit, image, PhotometricInterpretation=header)
    assert difference(next(decode_frames(file)), image) < 12
    reference = np.asarray(Pillow.open(io.BytesIO(content)))
    assert difference(next(decode_frames(file)), reference) <= 1


def without_segments(content: bytes) -> bytes:
    """Drop JFIF and Adobe segments from a JPEG."""
    kept, position = content[:2], 2
    while content[position + 1] in (0xE0, 0xEE):
        position += 2 + int.from_bytes(content[position + 2 : position + 4], "big")
    return kept + content[position:]


@pytest.mark.parametrize("stated", ["RGB", "YBR_FULL"])
def test_without_markers_the_header_is_believed_unless_chroma_is_halved(stated: str) -> None:
    image = speckle(3)
    meant = "RGB" if stated == "RGB" else "YCBCR"
    plain = without_segments(saved_jpeg(image, meant).replace(b"\x03R\x11", b"\x03\x01\x11"))
    plain = plain.replace(b"\x00G\x11\x00B\x11\x00", b"\x00\x02\x11\x00\x03\x11\x00")
    plain = plain.replace(b"\x03R\x00G\x00B\x00", b"\x03\x01\x00\x02\x00\x03\x00")
    file = encapsulated([plain], uid.JPEGBaseline8Bit, image, PhotometricInterpretation=stated)
    assert difference(next(decode_frames(file)), image) < 12
    halved = without_segments(jpeg(image, "420"))
    file = encapsulated([halved], uid.JPEGBaseline8Bit, image, PhotometricInterpretation=stated)
    assert difference(next(decode_frames(file)), image) < 40


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (uid.JPEGBaseline8Bit, jpeg),
        *((syntax, colour) for syntax, _, colour in LOSSLESS),
    ],
)
def test_frames_of_another_size_or_cut_short_are_refused(syntax: str, encode: Encoder) -> None:
    image = speckle(3)
    content = encode(image)
    wrong: list[dict[str, Any]] = [{"Rows": 47}, {"Columns": 47}]
    for named in wrong:
        with pytest.raises(UnusableError, match="wrong_size"):
            next(decode_frames(encapsulated([content], syntax, image, **named)))
    for end in (1, 12, len(content) // 2, len(content) - 2):
        with pytest.raises(UnusableError, match=r"truncated|bad_stream|decode_failed|wrong_size"):
            next(decode_frames(encapsulated([content[:end]], syntax, image)))


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "imagecodecs", None)
    image = speckle(3)
    file = encapsulated([jpeg(image)], uid.JPEGBaseline8Bit, image)
    with pytest.raises(MissingDecoderError) as caught:
        next(decode_frames(file))
    assert caught.value.package == "imagecodecs"
    assert caught.value.reason == "no_decoder"


def test_every_syntax_of_still_frames_is_covered_here() -> None:
    tested = {syntax for syntax, _, _ in LOSSLESS} | {
        uid.RLELossless, uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless,
        uid.JPEG2000, uid.HTJ2K, "1.2.840.10008.1.2.4.111", "1.2.840.10008.1.2.4.112",
    }  # fmt: skip
    assert tested == {syntax for syntax, name in DECODERS.items() if name.startswith("imagecodecs")}
