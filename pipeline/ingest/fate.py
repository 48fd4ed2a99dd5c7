"""One file's fate: an ultrasound image that can be used, or a reason why not."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom._uid_dict import UID_dictionary
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID

from pipeline.ingest.params import IngestParams
from pipeline.ingest.pixel_length import PixelElement, TruncatedError, find_pixels, holds_too_little
from pipeline.io.dicom import DECODERS

# PS3.4 B.5 and its retired predecessors.
ULTRASOUND = {
    "1.2.840.10008.5.1.4.1.1.6": "Ultrasound Image (retired)",
    "1.2.840.10008.5.1.4.1.1.6.1": "Ultrasound Image",
    "1.2.840.10008.5.1.4.1.1.3": "Ultrasound Multi-frame Image (retired)",
    "1.2.840.10008.5.1.4.1.1.3.1": "Ultrasound Multi-frame Image",
}
STRUCTURED_REPORTS = "1.2.840.10008.5.1.4.1.1.88."
DICOMDIR = "1.2.840.10008.1.3.10"
NEEDED = (
    "Rows", "Columns", "SamplesPerPixel", "BitsAllocated", "BitsStored",
    "PhotometricInterpretation", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
)  # fmt: skip

# Photometric interpretations that decode to grey or RGB (PS3.3 C.7.6.3.1.2).
PHOTOMETRIC = {
    "MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422",
    "YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT",
}  # fmt: skip


@dataclass(frozen=True)
class Refused:
    """Why a file is not used: a code of `REASONS`.

    `detail` adds names of attributes or syntaxes, never values.
    """

    reason: str
    detail: str = ""


def examine(path: Path, params: IngestParams) -> Dataset | Refused:
    """Read a file's header once; return it, or the reason why the file is refused."""
    try:
        return _examine(path, params)
    except TruncatedError:
        return Refused("truncated")
    except InvalidDicomError:
        return Refused("not_dicom")
    except OSError as error:
        return Refused("file_error", type(error).__name__)
    except Exception as error:
        # Only the kind: the text of an exception may quote the file.
        return Refused("unreadable", type(error).__name__)


def _examine(path: Path, params: IngestParams) -> Dataset | Refused:
    if not path.is_file():
        return Refused("file_error", "not a regular file")
    if path.stat().st_size == 0:
        return Refused("empty_file")
    header = _read_header(path)
    return next(_faults(path, header, params), header)


def _faults(path: Path, header: Dataset, params: IngestParams) -> Iterator[Refused]:
    """Yield what is wrong with a file that has a header; the first fault is the reason."""
    syntax = UID(str(header.file_meta.get("TransferSyntaxUID", "")))
    # Asked first, since a file that was cut off lacks elements or has half of one.
    pixels = find_pixels(path, syntax)
    yield from _wrong_kind(header)
    if pixels is None:
        yield Refused("no_pixels")
    elif syntax not in DECODERS:
        yield Refused("no_decoder", syntax.name if syntax in UID_dictionary else "")
    else:
        yield from _wrong_image(header, pixels, params)


def _wrong_image(header: Dataset, pixels: PixelElement, params: IngestParams) -> Iterator[Refused]:
    for name in NEEDED:
        if not str(header.get(name, "")).strip():
            yield Refused("missing_attribute", name)
    if header.PhotometricInterpretation not in PHOTOMETRIC:
        yield Refused("unknown_colour")
    frames = int(header.get("NumberOfFrames") or 1)
    sides = (header.Rows, header.Columns)
    if min(sides) < 1 or max(sides) > params.max_side or not 1 <= frames <= params.max_frames:
        yield Refused("absurd_geometry")
    if holds_too_little(header, pixels):
        yield Refused("wrong_length")


def _read_header(path: Path) -> Dataset:
    """Read a header; when that fails, raise TruncatedError if the file's end is the cause."""
    try:
        return dcmread(path, stop_before_pixels=True)
    except InvalidDicomError:
        raise
    except zlib.error:
        raise TruncatedError from None
    except Exception:
        find_pixels(path, UID(""))
        raise


def _sop_class(header: Dataset) -> str:
    meta = header.file_meta.get("MediaStorageSOPClassUID", "")
    return str(header.get("SOPClassUID", "") or meta)


def _wrong_kind(header: Dataset) -> Iterator[Refused]:
    sop_class = _sop_class(header)
    if sop_class == DICOMDIR:
        yield Refused("dicomdir")
    if sop_class.startswith(STRUCTURED_REPORTS):
        yield Refused("structured_report")
    if sop_class not in ULTRASOUND:
        yield Refused("not_ultrasound", "" if sop_class else "it states no SOP class")
