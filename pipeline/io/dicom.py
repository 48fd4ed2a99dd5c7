"""DICOM images as grey or RGB arrays, one frame at a time, by a decoder that is named."""

import logging
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

import numpy as np
from pydicom import config
from pydicom.uid import UID

from pipeline.io import video
from pipeline.io.colour import read_palette, shown
from pipeline.io.decoders import CODECS, FRAME_DECODERS, decode_frame, library_version
from pipeline.io.encapsulated import find_frames, read_frame
from pipeline.io.images import Image
from pipeline.io.native import native_frame_bytes, read_native
from pipeline.io.pixel_file import PixelFile, open_pixels
from pipeline.io.syntaxes import NATIVE, VIDEO
from pipeline.io.unusable import UnusableError
from pipeline.io.video import decode_video

# One decoder per transfer syntax, never "whichever is installed": decoders differ by a few grey
# levels, and the frames' bytes must not depend on the machine.
DECODERS: dict[UID, str] = {
    **dict.fromkeys(NATIVE, "native"),
    **{syntax: CODECS[decode].name for syntax, decode in FRAME_DECODERS.items()},
    **dict.fromkeys(sorted(VIDEO), video.DECODER_NAME),
}

CALENDAR_YEAR = re.compile(r"\b((?:19|20)[0-9]{2})[.-](?=[0-9])")

# A real archive breaks the rules of values in ways that do not matter here, and pydicom's
# warnings would print the values.
config.settings.reading_validation_mode = config.IGNORE
warnings.filterwarnings("ignore", module=r"pydicom\.")
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


def decoder_name(syntax: UID) -> str:
    """Return the name under which the decoder of a transfer syntax is recorded."""
    return DECODERS[syntax]


@cache
def decoder_version(syntax: UID) -> str:
    """Return the library that decodes a transfer syntax and its version, as it states it itself.

    A version that is numbered by the calendar has an r after its year, `imcd 2026r3.6`: written
    as a date it would be that of somebody's examination.
    """
    if syntax in VIDEO:
        stated = video.library_version()
    elif syntax in FRAME_DECODERS:
        stated = library_version(syntax)
    else:
        stated = f"numpy {np.__version__}"
    return CALENDAR_YEAR.sub(r"\1r", stated)


def decode_frames(source: Path | BinaryIO, indices: Iterable[int] | None = None) -> Iterator[Image]:
    """Yield frames of a DICOM file as `image_HW` (grey) or `image_HWC` (RGB), 8 bits.

    All frames, or those at `indices` only, read one at a time from the open file. Palettes are
    applied, YBR becomes RGB, MONOCHROME1 is inverted so that larger is brighter, and deeper grey
    levels are scaled to 8 bits. Raises UnusableError, with a reason code, for whatever cannot be
    decoded in full; MissingDecoderError names the package to install.
    """
    with open_pixels(source) as pixels:
        yield from frames_of(pixels, indices)


def frames_of(pixels: PixelFile, indices: Iterable[int] | None = None) -> Iterator[Image]:
    """Yield frames of an open file, as `decode_frames` does; it may be asked again and again."""
    wanted = None if indices is None else list(indices)
    if pixels.syntax not in DECODERS:
        # An unknown identifier may tell of the hospital's machines: only registered names.
        known = pixels.syntax.is_transfer_syntax
        raise UnusableError("no_decoder", pixels.syntax.name if known else "")
    if wanted and not 0 <= min(wanted) <= max(wanted) < pixels.format.frames:
        raise IndexError("no such frame")
    if pixels.syntax in VIDEO:
        yield from decode_video(pixels, wanted)
    elif pixels.syntax in FRAME_DECODERS:
        yield from _encapsulated(pixels, wanted)
    else:
        yield from _native(pixels, wanted)


def _native(pixels: PixelFile, wanted: list[int] | None) -> Iterator[Image]:
    size = native_frame_bytes(pixels)
    described = pixels.format
    palette = _palette(pixels)
    for index in range(described.frames) if wanted is None else wanted:
        yield shown(read_native(pixels, index, size), described.photometric, described, palette)


def _encapsulated(pixels: PixelFile, wanted: list[int] | None) -> Iterator[Image]:
    frames = find_frames(pixels)
    palette = _palette(pixels)
    for frame in frames if wanted is None else [frames[index] for index in wanted]:
        content = read_frame(pixels, frame)
        stored, photometric = decode_frame(pixels.syntax, content, pixels.format)
        yield shown(stored, photometric, pixels.format, palette)


def _palette(pixels: PixelFile) -> tuple[int, Image] | None:
    if pixels.format.photometric != "PALETTE COLOR":
        return None
    return read_palette(pixels.header, pixels.byte_order)


def frame_count(source: Path | BinaryIO) -> int:
    """Return the number of frames, after a check that the file holds them; nothing is decoded.

    Only decoding can count the frames of a video: for these it is the stated number.
    """
    with open_pixels(source) as pixels:
        if pixels.syntax in NATIVE:
            native_frame_bytes(pixels)
        else:
            find_frames(pixels)
        return pixels.format.frames
