"""One cleaned instance as a DICOM file (PS3.10), written in one pass and in constant memory."""

import itertools
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Literal

from imagecodecs import jpegls_encode
from pydicom.charset import default_encoding
from pydicom.dataset import Dataset
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEGLSLossless

from pipeline.deidentify.export.decoded_image import describe_frames
from pipeline.deidentify.export.encode import encode_dataset
from pipeline.deidentify.export.file_meta import write_file_head
from pipeline.deidentify.export.native_pixels import native_blocks, native_bytes
from pipeline.deidentify.export.streams.hygiene import clean_stream
from pipeline.deidentify.export.streams.jpeg import clean_jpeg
from pipeline.io.encapsulated import encoded_frames
from pipeline.io.images import Image
from pipeline.io.pixel_file import PixelFile
from pipeline.io.unusable import UnusableError

Encoding = Literal["native", "jpeg_ls"]
DESCRIPTION = (
    "BitsAllocated", "BitsStored", "Columns", "HighBit", "NumberOfFrames",
    "PhotometricInterpretation", "PixelRepresentation", "PlanarConfiguration", "Rows",
    "SamplesPerPixel",
)  # fmt: skip
LOWEST_GROUP, PIXEL_GROUP = 0x0008, 0x7FE0
LONGEST = 0xFFFFFFFE
UNDEFINED = 0xFFFFFFFF


def write_copied(handle: BinaryIO, cleaned: Dataset, pixels: PixelFile) -> None:
    """Write one file: our own preamble and file meta, `cleaned`, and the source's `pixels`.

    `cleaned` has no pixel data, and its binary values are in little endian. The pixels are copied
    as they are encoded, freed of metadata inside the stream and of trailing bytes; uncompressed
    ones leave in explicit little endian. Offset tables are left empty, as each frame is one
    fragment (PS3.5 A.4).

    Raises UnusableError, with its reason, when the pixels are not what the header says; then what
    was written so far is to be thrown away.
    """
    dataset = _before_pixels(cleaned)
    _check_description(cleaned, pixels.header)
    if pixels.length is None:
        _write_head(handle, dataset, pixels.syntax)
        _write_fragments(handle, _clean_fragments(pixels))
    else:
        length = native_bytes(pixels)
        _write_head(handle, dataset, ExplicitVRLittleEndian)
        _write_native(handle, dataset, length, native_blocks(pixels, length))


def write_cleaned(
    handle: BinaryIO, cleaned: Dataset, syntax: UID, frames: Iterable[Image], *, encoding: Encoding
) -> None:
    """Write one file as `write_copied` does, but with cleaned frames for pixels.

    `frames`, `image_HW` (grey) or `image_HWC` (RGB) of 8 bits, are stored without loss:
    uncompressed, or as JPEG-LS. One frame at a time is in memory. `syntax` is the source's.

    Raises UnusableError when there are other frames than `cleaned` says.
    """
    _write_frames(handle, cleaned, syntax, frames, encoding)


def _before_pixels(cleaned: Dataset) -> Dataset:
    """Return a shallow copy with the elements that belong before the pixels."""
    kept = {tag: item for tag, item in cleaned.items() if LOWEST_GROUP <= tag >> 16 < PIXEL_GROUP}
    copy = Dataset(kept)
    # In the encoding in which they are written, elements that nobody parsed are copied as bytes.
    implicit, little = cleaned.original_encoding
    copy.set_original_encoding(implicit, little, cleaned.original_character_set)
    return copy


def _check_description(cleaned: Dataset, header: Dataset) -> None:
    """Check that the cleaned data set still says what the copied pixels are."""
    for keyword in DESCRIPTION:
        missing = 1 if keyword == "NumberOfFrames" else None
        if (cleaned.get(keyword) or missing) != (header.get(keyword) or missing):
            raise UnusableError("pixel_description", keyword)


def _write_head(handle: BinaryIO, dataset: Dataset, syntax: UID) -> None:
    """Write all that comes before the pixel data."""
    # Encoded first: what is asked of a data set, it parses, and would be encoded anew.
    encoded = encode_dataset(dataset, default_encoding)
    write_file_head(handle, dataset, syntax)
    handle.write(encoded)


def _write_element_head(handle: BinaryIO, vr: bytes, length: int) -> None:
    handle.write(struct.pack("<HH2s2xL", PIXEL_GROUP, 0x0010, vr, length))


def _write_native(
    handle: BinaryIO, dataset: Dataset, length: int, blocks: Iterable[bytes | memoryview]
) -> None:
    padding = length % 2
    if length + padding > LONGEST:
        raise UnusableError("too_long")
    _write_element_head(handle, b"OB" if dataset.BitsAllocated == 8 else b"OW", length + padding)
    for block in blocks:
        handle.write(block)
    handle.write(bytes(padding))


def _write_fragments(handle: BinaryIO, fragments: Iterable[bytes]) -> None:
    """Write encapsulated pixel data: an empty offset table, a fragment for each frame."""
    _write_element_head(handle, b"OB", UNDEFINED)
    for fragment in itertools.chain([b""], fragments):
        padding = len(fragment) % 2
        handle.write(struct.pack("<HHL", 0xFFFE, 0xE000, len(fragment) + padding))
        handle.write(fragment)
        handle.write(bytes(padding))
    handle.write(struct.pack("<HHL", 0xFFFE, 0xE0DD, 0))


def _clean_fragments(pixels: PixelFile) -> Iterator[bytes]:
    """Yield the source's encoded frames without metadata; a video is one, whatever its frames."""
    plane_bytes = pixels.format.rows * pixels.format.columns
    for encoded in encoded_frames(pixels):
        yield clean_stream(pixels.syntax, encoded, plane_bytes)


def _write_frames(
    handle: BinaryIO, cleaned: Dataset, syntax: UID, frames: Iterable[Image], encoding: Encoding
) -> None:
    dataset = _before_pixels(cleaned)
    following = iter(frames)
    first = next(following, None)
    if first is None:
        raise UnusableError("no_frames")
    describe_frames(dataset, first, syntax)
    count = int(cleaned.get("NumberOfFrames") or 1)
    alike = _alike(itertools.chain([first], following), first.shape, count)
    if encoding == "native":
        _write_head(handle, dataset, ExplicitVRLittleEndian)
        _write_native(handle, dataset, count * first.size, (_bytes(frame) for frame in alike))
    else:
        _write_head(handle, dataset, JPEGLSLossless)
        _write_fragments(handle, map(_as_jpeg_ls, alike))


def _bytes(frame: Image) -> memoryview:
    """Return a frame's bytes, row by row, without a copy where they lie so."""
    return frame.reshape(-1).data


def _alike(frames: Iterable[Image], shape: tuple[int, ...], count: int) -> Iterator[Image]:
    """Yield the frames; raise UnusableError unless there are `count`, all of one shape."""
    found = 0
    for frame in frames:
        if frame.shape != shape:
            raise UnusableError("wrong_size")
        found += 1
        yield frame
    if found != count:
        raise UnusableError("frame_count")


def _as_jpeg_ls(frame: Image) -> bytes:
    # Freed of the SPIFF header, which would state a resolution that nobody knows.
    return clean_jpeg(bytes(jpegls_encode(frame)))
