"""DICOM images as RGB or grey arrays, one frame at a time, by a decoder that is named."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from pydicom import config, dcmread
from pydicom.dataset import FileDataset
from pydicom.pixels.processing import apply_color_lut
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import (
    HTJ2K,
    JPEG2000,
    UID,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    HTJ2KLossless,
    HTJ2KLosslessRPCL,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

from pipeline.io.images import Image

# One decoder per transfer syntax, never "whichever is installed": decoders differ by a few grey
# levels, and the frames' bytes must not depend on the machine.
DECODERS: dict[UID, str] = {
    ImplicitVRLittleEndian: "",
    ExplicitVRLittleEndian: "",
    ExplicitVRBigEndian: "",
    DeflatedExplicitVRLittleEndian: "",
    RLELossless: "pydicom",
    JPEGBaseline8Bit: "pillow",
    JPEGExtended12Bit: "gdcm",
    JPEGLossless: "gdcm",
    JPEGLosslessSV1: "gdcm",
    JPEGLSLossless: "pyjpegls",
    JPEGLSNearLossless: "pyjpegls",
    JPEG2000Lossless: "pylibjpeg",
    JPEG2000: "pylibjpeg",
    HTJ2KLossless: "pylibjpeg",
    HTJ2KLosslessRPCL: "pylibjpeg",
    HTJ2K: "pylibjpeg",
}

# A real archive breaks the rules of values in ways that do not matter here, and pydicom's
# warnings would print the values.
config.settings.reading_validation_mode = config.IGNORE


def decoder_name(syntax: UID) -> str:
    """Return the name under which the decoder of a transfer syntax is recorded."""
    return f"pydicom/{DECODERS[syntax] or 'native'}"


def decode_frames(path: Path) -> Iterator[Image]:
    """Yield every frame of a DICOM file as `image_HW` (grey) or `image_HWC` (RGB), 8 bits.

    Palettes are applied, YBR becomes RGB, MONOCHROME1 is inverted so that larger is brighter, and
    deeper grey levels are scaled to 8 bits. Raises whatever the decoder raises.
    """
    header = dcmread(path)
    yield from _frames(header)


def _frames(header: FileDataset) -> Iterator[Image]:
    plugin = DECODERS[header.file_meta.TransferSyntaxUID]
    photometric = str(header.PhotometricInterpretation)
    depth = int(header.BitsStored)
    for stored in iter_pixels(header, decoding_plugin=plugin):
        if photometric == "PALETTE COLOR":
            coloured = apply_color_lut(stored, header)
            wide = coloured.dtype.itemsize * 8
            yield (coloured >> (wide - 8)).astype(np.uint8)
        elif photometric == "MONOCHROME1":
            yield 255 - _to_8_bits(stored, depth)
        else:
            yield _to_8_bits(stored, depth)


def _to_8_bits(stored: np.ndarray, depth: int) -> Image:
    if stored.dtype == np.uint8 and depth == 8:
        return stored
    shifted = stored.astype(np.int64) * 255 // ((1 << depth) - 1)
    return np.clip(shifted, 0, 255).astype(np.uint8)
