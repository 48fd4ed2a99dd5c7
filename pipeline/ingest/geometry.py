"""Do rows, columns, samples, depth and frames make an image, and is it all there?"""

from typing import BinaryIO

from pydicom.dataset import Dataset
from pydicom.uid import UID

from pipeline.ingest.codestream import check_codestream
from pipeline.ingest.elements import PixelElement
from pipeline.ingest.params import IngestParams
from pipeline.io.attributes import needed
from pipeline.io.pixel_format import PixelFormat, read_format
from pipeline.io.syntaxes import NATIVE
from pipeline.io.unusable import UnusableError

NEEDED = ("BitsStored", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def read_size(header: Dataset, params: IngestParams) -> PixelFormat:
    """Return what the header states of the image; raise UnusableError for what cannot be."""
    for name in NEEDED:
        needed(header, name)
    found = read_format(header)
    limits = {
        "Rows": (found.rows, params.max_side),
        "Columns": (found.columns, params.max_side),
        "NumberOfFrames": (found.frames, params.max_frames),
    }
    for name, (stated, most) in limits.items():
        if stated > most:
            raise UnusableError("absurd_geometry", name)
    return found


def check_pixels(
    stream: BinaryIO, pixels: PixelElement, syntax: UID, described: PixelFormat
) -> None:
    """Raise UnusableError when the pixel data is not what the header and the syntax promise."""
    # pydicom knows too few syntaxes to be asked.
    if (syntax in NATIVE) != (pixels.native is not None):
        raise UnusableError("broken_structure", "PixelData")
    if pixels.native is None:
        check_codestream(stream, pixels, syntax, described)
    else:
        described.frame_bytes(pixels.native.length)
