"""One file's fate: an ultrasound image that can be used, or a reason why not."""

from dataclasses import dataclass
from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID

from pipeline.ingest.params import IngestParams
from pipeline.ingest.pixel_length import pixel_fault
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

REASONS = {
    "empty_file": "the file has no bytes",
    "not_dicom": "the file is not DICOM Part 10 (no DICM mark after the preamble)",
    "unreadable": "the header cannot be read",
    "file_error": "the operating system cannot read the file",
    "dicomdir": "a directory of other files, not an image",
    "structured_report": "a structured report, not an image",
    "not_ultrasound": "the SOP class is not ultrasound image or ultrasound multi-frame image",
    "no_pixels": "there is no pixel data",
    "truncated": "the file ends before its pixel data does",
    "wrong_length": "the pixel data is shorter than rows, columns and frames need",
    "missing_attribute": "an attribute that every image needs is missing or empty",
    "absurd_geometry": "rows, columns or frames are zero or beyond ingest.max_side or max_frames",
    "no_decoder": "no installed decoder reads this transfer syntax",
    "duplicate": "the same bytes as another file of the archive",
}


@dataclass(frozen=True)
class Refused:
    """Why a file is not used; `detail` adds names of attributes or syntaxes, never values."""

    reason: str
    detail: str = ""


def examine(path: Path, params: IngestParams) -> Dataset | Refused:
    """Read a file's header once; return it, or the reason why the file is refused."""
    try:
        size = path.stat().st_size
        if size == 0:
            return Refused("empty_file")
        return _examine(path, size, params)
    except InvalidDicomError:
        return Refused("not_dicom")
    except OSError as error:
        return Refused("file_error", type(error).__name__)
    except Exception as error:
        # Only the kind: the text of an exception may quote the file.
        return Refused("unreadable", type(error).__name__)


def _examine(path: Path, size: int, params: IngestParams) -> Dataset | Refused:
    with path.open("rb") as handle:
        header = dcmread(handle, stop_before_pixels=True)
        syntax = UID(header.file_meta.get("TransferSyntaxUID", ""))
        refused = _wrong_kind(header)
        if refused is None and syntax not in DECODERS:
            refused = Refused("no_decoder", syntax.name if syntax.is_private is False else "")
        if refused is not None:
            return refused
        if syntax.is_deflated:
            header = dcmread(path)
        missing = [name for name in NEEDED if not str(header.get(name, "")).strip()]
        fault = None if missing else pixel_fault(handle, header, syntax, size)
    if missing:
        # A file cut off within its header lacks what comes last; one without pixels says so.
        no_image = {"Rows", "Columns"} <= set(missing)
        return Refused("no_pixels") if no_image else Refused("missing_attribute", missing[0])
    if fault is not None:
        return Refused(fault)
    return _absurd(header, params) or header


def _wrong_kind(header: Dataset) -> Refused | None:
    sop_class = str(
        header.get("SOPClassUID", "") or header.file_meta.get("MediaStorageSOPClassUID", "")
    )
    if sop_class == DICOMDIR:
        return Refused("dicomdir")
    if sop_class.startswith(STRUCTURED_REPORTS):
        return Refused("structured_report")
    if sop_class not in ULTRASOUND:
        return Refused("not_ultrasound")
    return None


def _absurd(header: Dataset, params: IngestParams) -> Refused | None:
    frames = int(header.get("NumberOfFrames") or 1)
    sides = (header.Rows, header.Columns)
    if min(sides) < 1 or max(sides) > params.max_side or not 1 <= frames <= params.max_frames:
        return Refused("absurd_geometry")
    return None
