"""DICOM images as RGB or grey arrays, one frame at a time, by a decoder that is named."""

import logging
import warnings
from collections.abc import Iterable, Iterator
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
warnings.filterwarnings("ignore", module=r"pydicom\.")
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def decoder_name(syntax: UID) -> str:
    """Return the name under which the decoder of a transfer syntax is recorded."""
    return f"pydicom/{DECODERS[syntax] or 'native'}"


def decode_frames(path: Path, indices: Iterable[int] | None = None) -> Iterator[Image]:
    """Yield frames of a DICOM file as `image_HW` (grey) or `image_HWC` (RGB), 8 bits.

    All frames, or those at `indices` only, read one at a time. Palettes are applied, YBR becomes
    RGB, MONOCHROME1 is inverted so that larger is brighter, and deeper grey levels are scaled to
    8 bits. Raises whatever the decoder raises.
    """
    header = dcmread(path, stop_before_pixels=True)
    syntax = header.file_meta.TransferSyntaxUID
    source = dcmread(path) if syntax == DeflatedExplicitVRLittleEndian else path
    photometric, depth = str(header.PhotometricInterpretation), int(header.BitsStored)
    shift = _palette_shift(header) if photometric == "PALETTE COLOR" else 0
    for stored in iter_pixels(source, indices=indices, decoding_plugin=DECODERS[syntax]):
        if photometric == "PALETTE COLOR":
            yield (apply_color_lut(stored, header) >> shift).astype(np.uint8)
        elif photometric == "MONOCHROME1":
            yield 255 - _to_8_bits(stored, depth)
        else:
            yield _to_8_bits(stored, depth)


def _palette_shift(header: FileDataset) -> int:
    """Return how far palette entries are shifted to 8 bits.

    Some files hold entries of 8 bits in 16 (PS3.3 C.7.6.3.1.5, note), so the entries decide.
    """
    entries, first, _ = header.RedPaletteColorLookupTableDescriptor
    indices = np.arange(first, first + (entries or 1 << 16))
    return 8 if apply_color_lut(indices, header).max() > 255 else 0


def _to_8_bits(stored: np.ndarray, depth: int) -> Image:
    if stored.dtype == np.uint8 and depth == 8:
        return stored
    scaled = stored.astype(np.int64) * 255 // ((1 << depth) - 1)
    return np.clip(scaled, 0, 255).astype(np.uint8)
